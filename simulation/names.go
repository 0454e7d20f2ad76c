package simulation

// Frequent surnames, the most frequent first, and characters of given names by generation and sex. Any likeness to a real
// person is chance.
const (
	surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"

	oldMen     = "国建志明德福长永庆春贵荣文忠义华生根林宝祥树军民富"
	oldWomen   = "秀桂玉英兰芳凤珍梅淑华云珠翠琴香荣素月巧莲花霞娥"
	menNames   = "伟强磊军勇涛超鹏杰浩斌刚辉健波飞宁凯旭东阳晨峰亮龙俊"
	womenNames = "静丽敏艳娟霞燕红玲婷雪慧颖洁琳倩佳莉娜萍蕾薇晶欣悦洋"
	boys       = "浩宇子轩梓睿泽晨奕博文俊天佑铭嘉一辰沐阳皓然明哲逸航"
	girls      = "梓涵欣怡诗语一诺雨桐可馨子萱思琪佳若汐依晨艺瑶沐妍婉清"
)

// frequent draws a character, those further ahead in the list more often.
func (d dice) frequent(list []rune) rune {
	x := d.Float64()
	return list[int(x*x*float64(len(list)))]
}

// surname draws a family name.
func (d dice) surname() string { return string(d.frequent([]rune(surnames))) }

// givenName draws a given name that suits the age: mostly two characters, more often one among those now in middle age.
func (d dice) givenName(age int, female bool) string {
	list, single := menNames, 0.35
	switch {
	case age >= pensionAge && female:
		list, single = oldWomen, 0.15
	case age >= pensionAge:
		list, single = oldMen, 0.15
	case age < grownUp && female:
		list, single = girls, 0.05
	case age < grownUp:
		list, single = boys, 0.05
	case female:
		list = womenNames
	}
	characters := []rune(list)
	first := characters[d.IntN(len(characters))]
	if d.chance(single) {
		return string(first)
	}
	return string([]rune{first, characters[d.IntN(len(characters))]})
}
