import { signIn, type Session } from './sign-in.js';

/** Lets people sign in, and tells them whether they are. */
export class SignInForm {
  session: Session | undefined;
  private readonly status = find<HTMLElement>('[role="status"]');
  private readonly signOut = find<HTMLButtonElement>('[value="out"]');

  constructor(private readonly api: URL) {
    const form = find<HTMLFormElement>('#sign-in');
    const id = find<HTMLInputElement>('[name="id"]');
    const key = find<HTMLInputElement>('[name="key"]');
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.try({ serviceId: id.value.trim(), key: key.value.trim() });
    });
    this.signOut.addEventListener('click', () => {
      form.reset();
      this.show(undefined, 'Signed out');
    });
  }

  private async try(credentials: Session['credentials']): Promise<void> {
    this.show(undefined, 'Asking the API…');
    try {
      const session = await signIn(this.api, credentials);
      this.show(session, welcome(session));
    } catch (error) {
      this.show(undefined, error instanceof Error ? error.message : String(error), 'wrong');
    }
  }

  private show(session: Session | undefined, text: string, state = session ? 'right' : ''): void {
    this.session = session;
    this.signOut.hidden = !session;
    this.status.textContent = text;
    this.status.dataset['state'] = state;
  }
}

function welcome({ name, role, scheme }: Session): string {
  const who = `Signed in as ${name} (${role})`;
  if (scheme === 'basic') return who;
  return `${who}. The connection is not encrypted: the key stays in this page, which signs each call.`;
}

function find<T extends HTMLElement>(selector: string): T {
  const element = document.querySelector<T>(selector);
  if (!element) throw new Error(`The page has no ${selector}`);
  return element;
}
