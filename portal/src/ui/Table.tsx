import { type ComponentChildren, Fragment } from 'preact';
import './table.css';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** What names the row: a header cell. One column has it. */
  readonly names?: boolean;
  /** Numbers, buttons: at the end. */
  readonly end?: boolean;
  /** The title is for readers only: a column of buttons. */
  readonly quiet?: boolean;
}

interface Props<Row> {
  /** What the table holds: read first, not seen unless `showCaption`. */
  readonly caption: string;
  readonly showCaption?: boolean;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** What belongs to a row and has no column: a form, a note. It goes below the row, over the whole width. */
  readonly detail?: (row: Row) => ComponentChildren;
}

/** A table; on a phone each row is a card. The roles are written out, for as a block a table loses its own. */
export function Table<Row>({ caption, showCaption, columns, rows, rowKey, detail }: Props<Row>) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: see above
    <table class="table" role="table">
      <caption class={showCaption ? '' : 'unseen'}>{caption}</caption>
      {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
      <thead role="rowgroup">
        {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
        <tr role="row">
          {columns.map((column) => (
            // biome-ignore lint/a11y/noRedundantRoles: see above
            <th key={column.key} scope="col" role="columnheader" class={column.end ? 'end' : ''}>
              <span class={column.quiet ? 'unseen' : ''}>{column.title}</span>
            </th>
          ))}
        </tr>
      </thead>
      {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
      <tbody role="rowgroup">
        {rows.map((row) => {
          const more = detail?.(row);
          return (
            <Fragment key={rowKey(row)}>
              {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
              <tr role="row" class={more ? 'table-above' : ''}>
                {columns.map((column) => {
                  const Cell = column.names ? 'th' : 'td';
                  return (
                    <Cell
                      key={column.key}
                      role={column.names ? 'rowheader' : 'cell'}
                      scope={column.names ? 'row' : undefined}
                      class={column.end ? 'end' : ''}
                      data-title={column.quiet ? undefined : column.title}
                    >
                      {column.cell(row)}
                    </Cell>
                  );
                })}
              </tr>
              {more && (
                // biome-ignore lint/a11y/noRedundantRoles: see above
                <tr role="row" class="table-detail">
                  {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
                  <td role="cell" colSpan={columns.length}>
                    {more}
                  </td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}
