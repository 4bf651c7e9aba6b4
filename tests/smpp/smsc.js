// An SMSC that is not ours. Prints its port, then one JSON line for each bind and each message that it read.
// The last four digits of a number say what becomes of a message; every other one is taken and delivered.
'use strict';
const smpp = require('smpp');

const say = line => process.stdout.write(JSON.stringify(line) + '\n');
const date = '2611230830';
let last = 0;

function receipt(session, pdu, id, parameters) {
  const text = `id:${id} sub:001 dlvrd:001 submit date:${date} done date:${date} stat:DELIVRD err:000 text:`;
  session.deliver_sm({ source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: 4,
    short_message: text, ...parameters });
}

function submitted(session, pdu) {
  const { message, udh } = pdu.short_message;
  say({ submit: message, udh: udh ? Buffer.concat(udh.map(part => Buffer.from(part))).toString('hex') : '',
    to: pdu.destination_addr, from: `${pdu.source_addr_ton}/${pdu.source_addr_npi} ${pdu.source_addr}`,
    validity: String(pdu.validity_period), receipt: pdu.registered_delivery, coding: pdu.data_coding });
  const id = `msg${++last}`;
  const answer = options => session.send(pdu.response(options));
  switch (pdu.destination_addr.slice(-4)) {
    case '0011': return answer({ command_status: smpp.ESME_RINVDSTADR });
    case '0014': return answer({ command_status: smpp.ESME_RMSGQFUL });
    case '0058': return answer({ command_status: smpp.ESME_RTHROTTLED });
    case '0008': return answer({ command_status: smpp.ESME_RSYSERR });
    case '0003': return session.generic_nack({ command_status: smpp.ESME_RINVCMDID, sequence_number: pdu.sequence_number });
    case '0006': return session.unbind();
    case '0007': return session.destroy();
    case '0009': return session.pause();
    case '0001': answer({ message_id: id }); return receipt(session, pdu, id);
    case '0002':
      receipt(session, pdu, id, { receipted_message_id: id, message_state: 2 });
      return setImmediate(() => answer({ message_id: id }));
    default:
      answer({ message_id: id });
      if (pdu.registered_delivery) receipt(session, pdu, id, { receipted_message_id: id, message_state: 2 });
  }
}

const server = smpp.createServer(session => {
  session.on('error', () => {});
  session.on('bind_transceiver', pdu => {
    const right = pdu.system_id === 'esme1' && pdu.password === 'secret08';
    say({ bind: pdu.system_id, right });
    session.send(pdu.response({ system_id: 'SMSC', command_status: right ? 0 : smpp.ESME_RINVPASWD }));
  });
  session.on('submit_sm', pdu => submitted(session, pdu));
  session.on('deliver_sm_resp', pdu => say({ taken: pdu.command_status }));
  session.on('enquire_link', pdu => session.send(pdu.response()));
  session.on('unbind', pdu => { say({ unbind: true }); session.send(pdu.response()); session.close(); });
  session.on('unbind_resp', () => session.close());
});
server.listen(0, '127.0.0.1', () => say({ port: server.address().port }));
// Whoever started it holds its input open for as long as it is wanted.
process.stdin.on('end', () => process.exit()).resume();
