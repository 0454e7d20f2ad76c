import type { GetSessionResponse } from '../../api/menshen/v1/account_pb';

import { SignInCard } from './SignInCard';

/** The way in, as a page of its own. */
export default function SignIn({ state }: { state: GetSessionResponse }) {
  return <SignInCard state={state} />;
}
