import type { ComponentChildren } from 'preact';

interface Props {
  readonly title: string;
  /** What it is for. */
  readonly lead: ComponentChildren;
  readonly level: number;
  readonly children: ComponentChildren;
}

/** A part of the form: what it is about at the side, its fields beside that. */
export function Part({ title, lead, level, children }: Props) {
  const Head = `h${level}` as 'h3';
  return (
    <section class="connections-part">
      <div class="connections-part-words">
        <Head>{title}</Head>
        <p>{lead}</p>
      </div>
      <div class="form">{children}</div>
    </section>
  );
}
