import { useQueryClient } from '@tanstack/react-query';
import { Spin, Typography } from 'antd';
import { lazy, Suspense, type ReactNode } from 'react';

import { SignInStep, type GetSessionResponse } from '../../api/menshen/v1/account_pb';
import { sessionKey } from '../../app/session';
import { useTexts } from '../../language';
import { invitationPath } from './address';
import { InvitationForm } from './InvitationForm';
import { PasswordForm } from './PasswordForm';
import { SecondFactorForm } from './SecondFactorForm';
import { SetUpForm } from './SetUpForm';

const AddFactor = lazy(() => import('./AddFactor'));

/** What is to do next on the way in. name is that of somebody who was signed in before. */
export function SignInCard({ state, name }: { state: GetSessionResponse; name?: string }) {
  const t = useTexts().account;
  const client = useQueryClient();
  switch (state.step) {
    case SignInStep.SET_UP:
      return <Step title={t.setUp} form={<SetUpForm />} />;
    case SignInStep.SECOND_FACTOR:
      return <Step title={t.second} form={<SecondFactorForm state={state} />} />;
    case SignInStep.ADD_SECOND_FACTOR:
      return (
        <Step
          title={t.addSecond}
          hint={t.addSecondHint}
          form={
            <Suspense fallback={<Spin />}>
              <AddFactor onAdded={() => void client.invalidateQueries({ queryKey: sessionKey })} />
            </Suspense>
          }
        />
      );
    default:
      if (location.pathname === invitationPath) return <Step title={t.invitation} form={<InvitationForm />} />;
      return <Step title={t.signIn} form={<PasswordForm name={name} provider={state.oidcName} />} />;
  }
}

function Step({ title, hint, form }: { title: string; hint?: string; form: ReactNode }) {
  return (
    <>
      <Typography.Title level={2} style={{ fontSize: 20, marginTop: 0 }}>
        {title}
      </Typography.Title>
      {hint && <Typography.Paragraph type="secondary">{hint}</Typography.Paragraph>}
      {form}
    </>
  );
}
