// Every component in each of its states, on one page, without an API: what tests/portal/test_components.py looks at and
// types into. `GALLERY=1 npm run build` makes it; it is no part of the portal.
import { render } from 'preact';
import { useState } from 'preact/hooks';
import 'virtual:tokens.css';
import '../src/styles/base.css';
import '../src/styles/print.css';
import '../src/app/shell.css';
import { useAction, useLoad } from '../src/api/hooks';
import { Problem } from '../src/api/problem';
import { Banner } from '../src/ui/Banner';
import { Button, ButtonLink } from '../src/ui/Button';
import { Checkbox, Radios, Switch } from '../src/ui/Choices';
import { Combobox, type Item } from '../src/ui/Combobox';
import { ConfirmDialog, Dialog } from '../src/ui/Dialog';
import { FileDrop } from '../src/ui/FileDrop';
import { Loadable, Loading } from '../src/ui/Loading';
import { EmptyState, Page, Section } from '../src/ui/Page';
import { ProblemNote } from '../src/ui/ProblemNote';
import { Select } from '../src/ui/Select';
import { Badge, CopyButton, DateTime, Progress } from '../src/ui/Small';
import { Table } from '../src/ui/Table';
import { Tabs } from '../src/ui/Tabs';
import { TextArea, TextField } from '../src/ui/TextField';
import { Toasts, toast } from '../src/ui/toast';
import { loadWords } from '../src/words/words';

const PEOPLE = ['Ada Okafor', 'Adele Wong', 'Priya Raman', 'Marcus Bell'];
const ROWS = [
  { url: 'https://epic.northlake.example/interconnect-prd/api/FHIR/R4', state: 'Approved', texts: 1204 },
  { url: 'https://epic.northlake.example/interconnect-tst/api/FHIR/R4', state: 'Needs approval', texts: 3 },
];

async function people(text: string, signal: AbortSignal): Promise<Item[]> {
  if (text === 'offline') throw new TypeError('no network');
  await new Promise((done) => setTimeout(done, 50));
  signal.throwIfAborted();
  const found = PEOPLE.filter((name) => name.toLowerCase().includes(text.toLowerCase()));
  return found.map((name) => ({
    value: name,
    label: name,
    detail: `${name.split(' ')[0]?.toLowerCase()}@northlake.example`,
  }));
}

const url = (text: string) => (text.startsWith('https://') ? undefined : 'The address begins with https://');

function Fields() {
  const [text, setText] = useState('');
  const [who, setWho] = useState<Item | null>(null);
  const [language, setLanguage] = useState('en');
  const [on, setOn] = useState(true);
  const [lobby, setLobby] = useState('all');
  const [file, setFile] = useState('');
  return (
    <Section title="A form" lead="Each control with its label, hint and error.">
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <TextField
          label="FHIR base URL"
          hint="As launches send it."
          value={text}
          onChange={setText}
          check={url}
          required
          code
        />
        <div class="form-columns">
          <Combobox label="Approver" hint="Type a name." value={who} onChange={setWho} search={people} required />
          <Select
            label="Language"
            value={language}
            onChange={setLanguage}
            options={[
              { value: 'en', label: 'English' },
              { value: 'fr', label: 'French' },
            ]}
          />
        </div>
        <TextArea label="Reason" value="" onChange={() => {}} required={false} />
        <TextField label="Wrong" error="This is not right." value="x" onChange={() => {}} />
        <Checkbox label="We have the patients' consent" hint="It is kept who said so." checked={on} onChange={setOn} />
        <Checkbox label="Not now" checked={false} disabled onChange={() => {}} />
        <Switch label="Send reminders" checked={on} onChange={setOn} />
        <Radios
          legend="Who waits in the lobby"
          value={lobby}
          onChange={setLobby}
          options={[
            { value: 'all', label: 'Everyone', hint: 'Recommended.' },
            { value: 'none', label: 'Nobody' },
          ]}
        />
        <FileDrop
          label="Certificate"
          hint="One .cer file."
          accept=".cer"
          onFile={({ name }) => setFile(name)}
          error={file && `${file} holds a private key.`}
        />
        <div class="form-actions">
          <Button look="primary" type="submit">
            Save
          </Button>
          <Button>Cancel</Button>
          <Button look="subtle">Duplicate</Button>
          <Button look="danger">Remove</Button>
          <Button disabled>Not now</Button>
          <Button look="primary" busy>
            Saving
          </Button>
          <ButtonLink href="/">A link</ButtonLink>
        </div>
      </form>
    </Section>
  );
}

function Windows() {
  const [open, setOpen] = useState('');
  const act = useAction(async () => {
    await new Promise((done) => setTimeout(done, 100));
    throw new Problem({
      status: 409,
      code: 'connection.in_use',
      detail: 'The connection has visits today.',
      fix: 'Wait.',
    });
  });
  const close = () => setOpen('');
  return (
    <Section
      title="Dialogs and news"
      actions={<Button onClick={() => toast('Connection saved')}>Say something</Button>}
    >
      <div class="row">
        <Button onClick={() => setOpen('plain')}>Open a dialog</Button>
        <Button onClick={() => setOpen('confirm')}>Remove connection</Button>
        <CopyButton text="copied text" label="Copy the client id">
          Copy
        </CopyButton>
        <Button busy={act.busy} onClick={act.run}>
          Fail
        </Button>
      </div>
      {act.problem && <ProblemNote problem={act.problem} />}
      <Dialog open={open === 'plain'} title="A dialog" onClose={close} actions={<Button onClick={close}>Done</Button>}>
        <TextField label="In the dialog" value="" onChange={() => {}} />
      </Dialog>
      <ConfirmDialog
        open={open === 'confirm'}
        title="Remove this connection?"
        confirm="Remove"
        danger
        onConfirm={close}
        onClose={close}
      >
        <p>Its records stop working at once.</p>
      </ConfirmDialog>
    </Section>
  );
}

function Lists() {
  const [tab, setTab] = useState('one');
  const failing = useLoad<string>(async () => {
    throw new Problem({
      status: 503,
      code: 'unavailable',
      detail: 'A service does not answer.',
      fix: 'Try again.',
      traceId: 'abc123',
    });
  }, []);
  return (
    <>
      <Section title="Connections" flush>
        <Table
          caption="Connections"
          rows={ROWS}
          rowKey={(row) => row.url}
          columns={[
            { key: 'url', title: 'FHIR base URL', names: true, cell: (row) => row.url },
            {
              key: 'state',
              title: 'State',
              cell: (row) => <Badge tone={row.texts > 3 ? 'success' : 'warning'}>{row.state}</Badge>,
            },
            { key: 'texts', title: 'Texts', end: true, cell: (row) => row.texts },
            { key: 'do', title: 'Actions', quiet: true, end: true, cell: () => <Button small>Edit</Button> },
          ]}
        />
      </Section>
      <Section>
        <Tabs
          label="Languages"
          value={tab}
          onChange={setTab}
          tabs={[
            { value: 'one', label: 'One' },
            { value: 'two', label: 'Two' },
            { value: 'three', label: 'Three' },
          ]}
        >
          <p>Panel {tab}</p>
        </Tabs>
        <div class="row">
          <Badge>Draft</Badge>
          <Badge tone="success">Approved</Badge>
          <Badge tone="warning">Needs approval</Badge>
          <Badge tone="danger">Rejected</Badge>
          <Badge tone="brand">Production</Badge>
        </div>
        <DateTime at="2026-11-24T16:15:00Z" zone="America/Chicago" />
        <Progress label="Searching for a number" />
        <Progress label="Half of it" value={0.5} />
      </Section>
      <Section title="Banners">
        <Banner tone="info" title="Two people are needed">
          <p>The approver signs in to Epic.</p>
        </Banner>
        <Banner tone="success" title="Approved" />
        <Banner
          tone="warning"
          title="The certificate expires in 12 days"
          actions={<Button small>Upload a new one</Button>}
        />
        <Loadable of={failing}>{(text) => text}</Loadable>
        <Loading />
      </Section>
      <Section>
        <EmptyState
          title="No connection yet"
          action={
            <Button look="primary" icon="add">
              Add a connection
            </Button>
          }
        >
          <p>A connection joins one FHIR base URL to Teams.</p>
        </EmptyState>
      </Section>
    </>
  );
}

await loadWords('common');
const root = document.getElementById('app');
if (root)
  render(
    <main class="main">
      <Page
        title="Components"
        over="Gallery"
        lead="Each in its states."
        actions={
          <Button look="primary" icon="add">
            Add
          </Button>
        }
      >
        <Fields />
        <Windows />
        <Lists />
      </Page>
      <Toasts />
    </main>,
    root,
  );
