import { Modal } from 'antd';

import { useSessionState } from '../../app/session';
import { useTexts } from '../../language';
import { SignInCard } from './SignInCard';

/** Over every form that may be open: those that were opened from another one lie higher than the first. */
const above = 3000;

/** The way in on top of a page, so that what was entered there stays. */
export default function SignInAgain({ name }: { name: string }) {
  const t = useTexts().common;
  const { data } = useSessionState();
  return (
    <Modal open closable={false} footer={null} title={t.ended} destroyOnHidden zIndex={above}>
      {data && <SignInCard state={data} name={name} />}
    </Modal>
  );
}
