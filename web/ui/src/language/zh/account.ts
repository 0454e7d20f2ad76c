export const account = { name: '账号', password: '密码', signIn: '登录' };
