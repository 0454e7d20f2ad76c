import type { ThemeConfig } from 'antd';
import { theme } from 'antd';

/** How wide the page's menu is before it becomes a drawer, in CSS pixels. */
export const narrow = 900;

// Vermilion, as on the doors that the two generals guard. It has a contrast of at least 4.5:1 on white.
const vermilion = '#b8321f';

/** The look of all pages, by day and by night. Touch targets are at least 40 px high. */
export function look(night: boolean): ThemeConfig {
  const quiet = night ? 'rgba(255, 255, 255, 0.65)' : 'rgba(0, 0, 0, 0.62)';
  return {
    zeroRuntime: true,
    algorithm: night ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      motion: !matchMedia('(prefers-reduced-motion: reduce)').matches,
      colorPrimary: night ? '#e2604a' : vermilion,
      colorInfo: night ? '#6aa5e3' : '#1f5f9e',
      colorSuccess: night ? '#5fb878' : '#22733c',
      colorWarning: night ? '#e0a63c' : '#8f5a00',
      colorPrimaryHover: night ? '#e2604a' : '#9c2a19',
      colorLinkHover: night ? '#8fbdec' : '#17497a',
      colorTextPlaceholder: night ? '#a0a0a0' : '#6b6b6b', // of a contrast of at least 4.5:1 too
      colorError: night ? '#f0705c' : '#b3261e',
      // Ant Design would mix grey from such dark colours.
      ...(night
        ? {}
        : {
            colorPrimaryBg: '#fbeae7', colorInfoBg: '#eaf2fa', colorInfoBorder: '#b5d0ea', colorSuccessBg: '#eaf6ed', colorSuccessBorder: '#b4dbbf',
            colorWarningBg: '#fff5dd', colorWarningBorder: '#eccf93', colorErrorBg: '#fdecea', colorErrorBorder: '#f2bbb5', colorBgLayout: '#f5f3f0',
          }),
      colorTextDescription: quiet,
      colorTextTertiary: quiet,
      borderRadius: 8,
      controlHeight: 40,
      fontSize: 15,
      fontFamily: `system-ui, -apple-system, 'PingFang SC', 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif`,
    },
    components: {
      // White on the lighter red of the night would be hard to read.
      ...(night ? { Button: { colorPrimary: '#b5402d', colorPrimaryHover: '#a83826', colorPrimaryActive: '#9c3424' }, Menu: { itemSelectedColor: '#ffb4a5' } } : {}),
      Table: { colorTextDisabled: quiet }, Empty: { colorTextDisabled: quiet, colorTextDescription: quiet },
    },
  };
}
