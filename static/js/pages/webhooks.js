/** The webhooks page: all webhooks, or the one that the address names. */
import { find, keepFromPressing } from "../dom.js";
import { toastError } from "../toast.js";
import {
  deleteWebhook,
  disableWebhook,
  enableWebhook,
  rotateSecret,
  sendTest,
} from "../webhooks/actions.js";
import { openDetail } from "../webhooks/detail-view.js";
import { editWebhook } from "../webhooks/form.js";
import { openList } from "../webhooks/list-view.js";
import { showDelivery } from "../webhooks/panel.js";
import { recoverWebhook } from "../webhooks/recover.js";
import { showSecret } from "../webhooks/secret.js";

const LIST = "/webhooks.html";
const fallback = find("#content");

/** Does a button's work, then goes to the address it answers, or shows how things are now. */
async function attempt(work) {
  const next = await work().catch(toastError);
  if (typeof next === "string") {
    location.assign(next);
  } else {
    load();
  }
}

async function test(webhook, button) {
  const delivery = await keepFromPressing(button, () => sendTest(webhook));
  if (delivery) {
    await showDelivery(delivery, { isAwaited: true, fallback });
  }
}

async function create() {
  const created = await editWebhook(null, fallback);
  if (!created) {
    return null;
  }
  await showSecret(created.secret, "created", fallback);
  return `${LIST}?id=${created.id}`;
}

const remove = async (webhook) => ((await deleteWebhook(webhook)) ? LIST : null);

const actions = {
  test,
  enable: (webhook, button) => keepFromPressing(button, () => enableWebhook(webhook)),
  edit: ({ id }) => editWebhook(id, fallback),
  disable: disableWebhook,
  rotate: rotateSecret,
  recover: (webhook) => recoverWebhook(webhook, fallback),
  delete: remove,
};

const open = (id) =>
  openDetail(id, {
    onAct: (action, webhook, button) => attempt(() => actions[action](webhook, button)),
    onOpen: (delivery) => attempt(() => showDelivery(delivery, { fallback })),
  });

const openAll = () =>
  openList({
    onAct: (webhook, button) =>
      attempt(() => actions[webhook.enabled ? "test" : "enable"](webhook, button)),
    onCreate: () => attempt(create),
  });

const id = new URLSearchParams(location.search).get("id");
const load = id ? open(id) : openAll();

find("#retry-button").addEventListener("click", load);
window.addEventListener("popstate", load);
// Coming back, the browser may show the page as it was left, and things have moved since.
window.addEventListener("pageshow", (event) => event.persisted && load());

load();
