// An SMSC on the npm package smpp (SMPP 3.4), for tests: node smsc.js PORT THROTTLE_EVERY CUT_EVERY
//
// One line of JSON on standard output for each submit_sm, as it was decoded, and for each cut of the link. Each THROTTLE_EVERYth
// is refused with ESME_RTHROTTLED. After each CUT_EVERYth that was taken the link breaks, by turns before and after its answer.
// Receipts go by deliver_sm over whatever link there is, until one is answered.
'use strict';
const smpp = require('smpp');

const [port, throttleEvery, cutEvery] = process.argv.slice(2).map(Number);
let link = null;
let submitted = 0;
let taken = 0;
let cuts = 0;
let receipts = []; // that wait for a link
let unanswered = new Set(); // receipts that went over this link, and may have been lost with it

const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

function cut() {
  cuts += 1;
  tell({ cut: cuts, after: taken });
  lose(link);
}

function lose(session) {
  session.destroy();
  if (link !== session) return;
  link = null;
  receipts = [...unanswered, ...receipts];
  unanswered = new Set();
}

function report(pdu, id) {
  const text = `id:${id} sub:001 dlvrd:001 submit date:2603021000 done date:2603021000 stat:DELIVRD err:000 text:`;
  receipts.push({
    source_addr: pdu.destination_addr,
    destination_addr: pdu.source_addr,
    esm_class: smpp.ESM_CLASS.MC_DELIVERY_RECEIPT,
    short_message: { message: Buffer.from(text, 'ascii') },
  });
}

function hand_over() {
  while (link !== null && receipts.length > 0) {
    const receipt = receipts.shift();
    unanswered.add(receipt);
    link.deliver_sm(receipt, () => unanswered.delete(receipt));
  }
}

function take(session, pdu) {
  submitted += 1;
  if (throttleEvery && submitted % throttleEvery === 0) {
    tell({ throttled: pdu.destination_addr });
    session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
    return;
  }
  taken += 1;
  const id = String(taken);
  const { udh, message } = pdu.short_message;
  tell({ taken, to: pdu.destination_addr, coding: pdu.data_coding, udh: udh ? udh.map((one) => one.toString('hex')) : [], message });
  if (pdu.registered_delivery & 1) report(pdu, id);
  const breaks = cutEvery && taken % cutEvery === 0;
  if (!(breaks && cuts % 2 === 0)) session.send(pdu.response({ message_id: id }));
  if (breaks) cut();
  setImmediate(hand_over);
}

const server = smpp.createServer((session) => {
  session.on('error', () => lose(session));
  session.on('close', () => lose(session));
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => { session.send(pdu.response()); session.close(); });
  session.on('submit_sm', (pdu) => { if (link === session) take(session, pdu); });
  session.on('bind_transceiver', (pdu) => {
    session.send(pdu.response());
    link = session;
    hand_over();
  });
});
server.listen(port, '127.0.0.1', () => tell({ listening: port }));
