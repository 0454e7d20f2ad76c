import { DueTable } from './DueTable';

/** Who of one case is to be followed up on a day. */
export default function FollowUps({ caseId }: { caseId: string }) {
  return <DueTable caseId={caseId} />;
}
