// entry · which domain writes which service mail
import { renderInvitation, renderSignIn } from './auth/render-mails.ts'
import type { ServiceMailRenderers } from './outbox/send.ts'
import { renderAlreadySubscribed, renderConfirmation } from './signup/render-mails.ts'

export const serviceMailRenderers: ServiceMailRenderers = {
  confirmation: renderConfirmation,
  already_subscribed: renderAlreadySubscribed,
  sign_in: renderSignIn,
  invitation: renderInvitation,
}
