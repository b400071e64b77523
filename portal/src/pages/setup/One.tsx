// One connection: what stands in the way of texts, the rules, the certificates of who sends its appointments.
import { useLoad } from '../../api/hooks';
import { type Connection, ConnectionBar, useConnection } from '../../app/connections';
import { bothGiven, loadConsents, loadNumbers } from '../../app/numbers';
import { Loadable } from '../../ui/Loading';
import { CertificatesSection } from './Certificates';
import { sameRules } from './draft';
import { RulesForm } from './Form';

export function SetupOne({ id }: { id: string }) {
  const connection = useConnection(id);
  const numbers = useLoad(loadNumbers, []);
  const consents = useLoad(loadConsents, []);
  return (
    <Loadable of={connection} lines={8}>
      {(shown) => (
        <>
          <ConnectionBar connection={shown} page="setup" />
          <RulesForm
            connection={shown}
            numbers={numbers}
            consented={consents.data && bothGiven(consents.data)}
            onChanged={connection.set}
          />
          <CertificatesSection
            connection={shown}
            onChanged={(newest) => connection.set(withCertificates(shown, newest))}
          />
        </>
      )}
    </Loadable>
  );
}

/** After a certificate came or went. If someone else has changed the rules meanwhile, the version that the form has seen
 * stays with it, so that saving still tells.
 */
function withCertificates(shown: Connection, newest: Connection): Connection {
  return sameRules(shown.sms, newest.sms) ? newest : { ...shown, certificates: newest.certificates };
}
