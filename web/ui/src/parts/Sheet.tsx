import { Table, type TableProps } from 'antd';

/** A table that is wider than a telephone: the keyboard scrolls it too. */
export function Sheet<T>(props: TableProps<T>) {
  const reach = (around: HTMLDivElement | null) => around?.querySelector('.ant-table-content')?.setAttribute('tabindex', '0');
  return (
    <div ref={reach}>
      <Table<T> size="small" pagination={false} scroll={{ x: 'max-content' }} {...props} />
    </div>
  );
}
