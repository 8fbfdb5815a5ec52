// Sends sounds to the server bit by bit and shows what it answers.
import {Pictures} from './pictures.js';

const PIECE_SECONDS = 0.25;

/** Names of folders without what is before their last part, if they still differ. */
function shortened(names) {
  const short = names.map(name => name.split('/').filter(part => part).pop() ?? name);
  return new Set(short).size === names.length ? short : names;
}

const element = id => document.getElementById(id);
const about = await (await fetch('about')).json();
about.domains = shortened(about.domains);
const pictures = new Pictures(about);

/** The sound that is shown; an older one must not write over it. */
let current = 0;
let playing = null;
let microphone = null;

function tell(text, fault = false) {
  element('status').textContent = text;
  element('status').classList.toggle('fault', fault);
}

async function post(address, body) {
  const response = await fetch(address, {method: 'POST', body});
  const answer = await response.json();
  if (!response.ok) {
    throw new Error(answer.fault);
  }
  return answer;
}

/** Makes room for a new sound; pauses end utterances of a live one. */
async function begin(name, live = false) {
  stopPlaying();
  const mine = ++current;
  pictures.clear();
  pictures.request();
  element('words').replaceChildren();
  judge(null, 'Listening …');
  element('play').disabled = true;
  tell(name);
  const {id} = await post(live ? 'sounds?live' : 'sounds', null);
  return {mine, id, name};
}

const toBytes = samples => Int16Array.from(
  samples, sample => Math.max(-32768, Math.min(32767, Math.round(sample * 32768))));

/** Sends samples and shows what is new; false if another sound took over. */
async function send(sound, samples, last) {
  pictures.addSamples(samples);
  const answer = await post(`sounds/${sound.id}${last ? '?last' : ''}`, toBytes(samples));
  if (sound.mine !== current) {
    return false;
  }
  pictures.addMel(answer.mel);
  if (answer.view) {
    show(answer.view);
  }
  pictures.request();
  if (last) {
    tell(`${sound.name}: ${answer.seconds.toFixed(1)} s`);
    element('play').disabled = false;
    document.body.dataset.heard = String(Number(document.body.dataset.heard ?? 0) + 1);
  }
  return true;
}

function judge(known, text) {
  element('judgement').className = known === null ? 'undecided' : known ? 'known' : 'unknown';
  element('judgement').textContent = text;
}

function show(view) {
  pictures.view = view;
  judge(view.known, view.judgement);
  element('domain-figure').hidden = !about.domains.length;
  element('words').replaceChildren(...view.words.flatMap(word => [wordSpan(word), ' ']));
}

const percent = p => `${Math.round(100 * p)} %`;

function wordSpan(word) {
  const span = document.createElement('span');
  const others = word.alternatives.map(([other, p]) => `${other || 'nothing'} ${percent(p)}`);
  const detail = `${word.word}: ${percent(word.confidence)} sure, ${word.begin.toFixed(2)} to ${word.end.toFixed(2)} s; `
    + (others.length ? `or ${others.join(', ')}` : 'no alternative')
    + (word.settled ? '' : '; may still change');
  span.textContent = word.word;
  span.tabIndex = 0;
  span.title = detail;
  span.style.backgroundColor = `hsl(${215 * word.confidence} 75% 50% / 0.28)`;
  span.classList.toggle('guess', word.confidence < 0.5);
  span.classList.toggle('unsettled', !word.settled);
  span.dataset.begin = word.begin;
  span.dataset.end = word.end;
  const explain = () => { element('word-detail').textContent = detail; };
  span.addEventListener('mouseenter', explain);
  span.addEventListener('focus', explain);
  return span;
}

/** Runs an action of the user's; what is wrong is told in a sentence. */
async function attempt(action) {
  try {
    await action();
  } catch (fault) {
    judge(null, 'Choose a sound.');
    tell(fault instanceof TypeError ? 'The server does not answer; was it stopped?' : fault.message, true);
  }
}

/** The samples of a file in one channel at the model's rate. */
async function decode(name, file) {
  const context = new OfflineAudioContext(1, 1, about.sampleRate);
  let buffer;
  try {
    buffer = await context.decodeAudioData(file);
  } catch {
    throw new Error(`${name} cannot be heard: it is no sound file that this browser reads, or it is broken.`);
  }
  if (buffer.duration > about.maxSeconds) {
    throw new Error(`${name} lasts ${buffer.duration.toFixed(0)} s; ${about.maxSeconds} s at most can be watched (--max-seconds).`);
  }
  return buffer.getChannelData(0);
}

async function hear(name, file) {
  const samples = await decode(name, file);
  const sound = await begin(name);
  const piece = Math.round(PIECE_SECONDS * about.sampleRate);
  for (let from = 0; from < samples.length; from += piece) {
    const last = from + piece >= samples.length;
    if (!await send(sound, samples.subarray(from, from + piece), last)) {
      return;
    }
  }
}

async function speak() {
  if (!navigator.mediaDevices) {
    throw new Error('The browser gives its microphone to pages of this machine alone (http://localhost) or behind https.');
  }
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia(
      {audio: {channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false}});
  } catch (fault) {
    throw new Error(`There is no microphone to hear: ${fault.message}.`);
  }
  const context = new AudioContext({sampleRate: about.sampleRate});
  await context.audioWorklet.addModule('microphone.js');
  const source = context.createMediaStreamSource(stream);
  const worklet = new AudioWorkletNode(context, 'microphone');
  const sound = await begin('Microphone', true);
  const state = {stop: false, waiting: [], count: 0};
  microphone = state;
  worklet.port.onmessage = message => state.waiting.push(message.data);
  source.connect(worklet);
  pressed(true);
  try {
    let going = true;
    while (going) {
      await new Promise(resolve => setTimeout(resolve, 100));
      const last = state.stop || state.count >= (about.maxSeconds - 1) * about.sampleRate;
      const pieces = state.waiting.splice(0);
      const samples = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
      pieces.reduce((at, piece) => { samples.set(piece, at); return at + piece.length; }, 0);
      state.count += samples.length;
      going = (samples.length === 0 && !last || await send(sound, samples, last)) && !last;
    }
  } finally {
    microphone = null;
    pressed(false);
    stream.getTracks().forEach(track => track.stop());
    await context.close();
  }
}

function pressed(on) {
  element('microphone').setAttribute('aria-pressed', String(on));
  element('microphone').textContent = on ? 'Stop' : 'Speak';
}

function stopPlaying() {
  playing?.context.close();
  playing = null;
  element('cursor').hidden = true;
  element('play').textContent = 'Play';
}

function play() {
  if (playing) {
    stopPlaying();
    return;
  }
  const context = new AudioContext();
  const buffer = context.createBuffer(1, pictures.count, about.sampleRate);
  buffer.copyToChannel(pictures.samples.subarray(0, pictures.count), 0);
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(context.destination);
  const start = context.currentTime;
  source.start();
  const mine = {context};
  playing = mine;
  element('play').textContent = 'Stop';
  element('cursor').hidden = false;
  const run = () => {
    if (playing !== mine) {
      return;
    }
    const now = context.currentTime - start;
    if (now >= buffer.duration) {
      stopPlaying();
      element('words').querySelectorAll('.now').forEach(span => span.classList.remove('now'));
      return;
    }
    element('cursor').style.left = `${100 * now / pictures.span()}%`;
    for (const span of element('words').querySelectorAll('span')) {
      span.classList.toggle('now', now >= Number(span.dataset.begin) && now < Number(span.dataset.end));
    }
    requestAnimationFrame(run);
  };
  run();
}

element('model').textContent = `${about.domains.length ? about.domains.join(' + ') : shortened([about.model])}, ${about.sampleRate / 1000} kHz`
  + (about.wordsAfterEnd ? '; words may change until the sound ends, as features are normalised by all of it' : '')
  + (about.falseRefusals === null ? '' : `; thresholds that refuse ${(100 * about.falseRefusals).toFixed(1)} % of ${about.rangeUtterances} known recordings`);
about.examples.forEach((name, i) => element('example').append(new Option(name, i)));
element('example-choice').hidden = !about.examples.length;
element('hear-example').addEventListener('click', () => attempt(async () => {
  const choice = element('example');
  const response = await fetch(`examples/${choice.value}`);
  await hear(choice.selectedOptions[0].text, await response.arrayBuffer());
}));
element('file').addEventListener('change', () => attempt(async () => {
  const [file] = element('file').files;
  element('file').value = '';
  await hear(file.name, await file.arrayBuffer());
}));
element('microphone').addEventListener('click', () => {
  if (microphone) {
    microphone.stop = true;
  } else {
    attempt(speak);
  }
});
element('play').addEventListener('click', play);
document.addEventListener('dragover', event => {
  event.preventDefault();
  document.body.classList.add('dropping');
});
document.addEventListener('dragleave', () => document.body.classList.remove('dropping'));
document.addEventListener('drop', event => {
  event.preventDefault();
  document.body.classList.remove('dropping');
  const [file] = event.dataTransfer.files;
  if (file) {
    attempt(async () => hear(file.name, await file.arrayBuffer()));
  }
});
window.addEventListener('resize', () => pictures.request());
pictures.request();
document.body.dataset.ready = 'true';
