// entry · the renderers of service mails, each from its own domain
import { renderInvitation, renderSignIn } from './auth/sign-in/render-mails.ts'
import type { ServiceMailRenderers } from './outbox/send.ts'
import { renderAlreadySubscribed, renderConfirmation } from './signup/confirmation/render-mails.ts'

export const serviceMailRenderers: ServiceMailRenderers = {
  confirmation: renderConfirmation,
  already_subscribed: renderAlreadySubscribed,
  sign_in: renderSignIn,
  invitation: renderInvitation,
}
