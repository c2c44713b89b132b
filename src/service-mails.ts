// entry · the renderers of service mails, each from its own domain
import { renderInvitation, renderSignIn } from './auth/sign-in/render-mails.ts'
import { oneByOne, type ServiceMailRenderers } from './outbox/send.ts'
import { renderAlreadySubscribed, renderConfirmations } from './signup/confirmation/render-mails.ts'

export const serviceMailRenderers: ServiceMailRenderers = {
  confirmation: renderConfirmations,
  already_subscribed: renderAlreadySubscribed,
  sign_in: oneByOne(renderSignIn),
  invitation: oneByOne(renderInvitation),
}
