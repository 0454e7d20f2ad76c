/** A picker of a moment on the clocks of the site. Without "now", which would be that of the browser. */
export const timePicker = { showTime: { format: 'HH:mm' }, showNow: false, format: 'YYYY-MM-DD HH:mm', style: { width: '100%' } };
