// Draws what is known of a sound over time; all pictures share one axis.
const LEAST_SECONDS = 2;
const MEAN_FRAMES = 25;

const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const canvas = id => document.getElementById(id);

/** Prepares a canvas for the screen's resolution; gives {context, width, height}. */
function prepare(id) {
  const element = canvas(id);
  const scale = window.devicePixelRatio || 1;
  const height = element.dataset.height ??= element.getAttribute('height');
  const width = element.clientWidth;
  element.style.height = `${height}px`;
  element.width = width * scale;
  element.height = height * scale;
  const context = element.getContext('2d');
  context.scale(scale, scale);
  context.font = '11px system-ui, sans-serif';
  return {context, width, height: Number(height)};
}

/** Dark violet over green to yellow, at equal steps from 0 to 255. */
const HEAT = [[36, 10, 60], [63, 44, 112], [49, 92, 130], [38, 136, 130], [70, 178, 105], [160, 212, 60], [250, 228, 60]];

function heat(value) {
  const at = value / 255 * (HEAT.length - 1);
  const low = Math.min(HEAT.length - 2, Math.floor(at));
  return HEAT[low].map((part, i) => part + (at - low) * (HEAT[low + 1][i] - part));
}

export class Pictures {
  constructor(about) {
    this.about = about;
    this.clear();
  }

  clear() {
    this.samples = new Float32Array(this.about.sampleRate);
    this.count = 0;
    this.mel = document.createElement('canvas');
    this.frames = 0;
    this.view = null;
  }

  /** Seconds that the width of the pictures stands for. */
  span() {
    return Math.max(LEAST_SECONDS, this.count / this.about.sampleRate);
  }

  addSamples(more) {
    if (this.count + more.length > this.samples.length) {
      const larger = new Float32Array(2 * (this.count + more.length));
      larger.set(this.samples.subarray(0, this.count));
      this.samples = larger;
    }
    this.samples.set(more, this.count);
    this.count += more.length;
  }

  addMel({from, bins, data}) {
    const values = bytes(data);
    const frames = bins ? values.length / bins : 0;
    if (!frames) {
      return;
    }
    if (from + frames > this.mel.width || this.mel.height !== bins) {
      const wider = document.createElement('canvas');
      wider.width = 2 * (from + frames);
      wider.height = bins;
      if (from > 0) {
        wider.getContext('2d').drawImage(this.mel, 0, 0);
      }
      this.mel = wider;
    }
    const context = this.mel.getContext('2d');
    const image = context.createImageData(frames, bins);
    for (let t = 0; t < frames; t++) {
      for (let bin = 0; bin < bins; bin++) {
        const at = 4 * ((bins - 1 - bin) * frames + t);
        image.data.set([...heat(values[t * bins + bin]), 255], at);
      }
    }
    context.putImageData(image, from, 0);
    this.frames = from + frames;
  }

  /** Draws soon. */
  request() {
    this.pending ??= requestAnimationFrame(() => {
      this.pending = null;
      this.draw();
    });
  }

  draw() {
    this.drawWave();
    this.drawMel();
    if (this.view) {
      this.drawPhones();
      this.drawDensity();
      this.drawDomains();
    } else {
      ['phones', 'density', 'domains'].forEach(prepare);
    }
  }

  drawWave() {
    const {context, width, height} = prepare('wave');
    const step = this.span() * this.about.sampleRate / width;
    context.fillStyle = colour('--curve');
    let peak = 0.05;
    for (let i = 0; i < this.count; i++) {
      peak = Math.max(peak, Math.abs(this.samples[i]));
    }
    for (let x = 0; x * step < this.count; x++) {
      let low = 0;
      let high = 0;
      for (let i = Math.floor(x * step); i < Math.min(this.count, (x + 1) * step); i++) {
        low = Math.min(low, this.samples[i]);
        high = Math.max(high, this.samples[i]);
      }
      const top = height / 2 * (1 - high / peak);
      context.fillRect(x, top, 1, Math.max(1, height / 2 * (1 - low / peak) - top));
    }
    const seconds = Math.ceil(this.span() / 12);
    context.fillStyle = colour('--soft');
    for (let s = seconds; s < this.span(); s += seconds) {
      context.fillText(`${s} s`, s / this.span() * width, height - 3);
    }
  }

  drawMel() {
    const {context, width, height} = prepare('mel');
    if (this.frames) {
      const end = this.frames * this.about.frameShift / this.span() * width;
      context.drawImage(this.mel, 0, 0, this.frames, this.mel.height, 0, 0, end, height);
    }
  }

  x(frame, width) {
    return frame * this.about.frameShift / this.span() * width;
  }

  drawPhones() {
    const {context, width, height} = prepare('phones');
    const {names} = this.view.phones;
    const posteriors = bytes(this.view.phones.posteriors);
    const frames = this.view.frames;
    const row = height / Math.max(6, names.length);
    const step = this.x(1, width);
    names.forEach((name, r) => {
      let first = 0;
      let best = 0;
      context.fillStyle = colour('--curve');
      for (let t = 0; t < frames; t++) {
        const p = posteriors[r * frames + t] / 255;
        if (p > 0.02) {
          context.globalAlpha = p;
          context.fillRect(this.x(t, width), r * row, step + 0.5, row - 1);
        }
        if (best < 0.5 && p > best) {
          first = t;
          best = p;
        }
      }
      context.globalAlpha = 1;
      context.fillStyle = colour('--ink');
      const left = this.x(first, width) - 4;
      context.textAlign = left > 40 ? 'right' : 'left';
      context.fillText(name, Math.max(2, left), r * row + Math.min(row, 11) - 1);
      context.textAlign = 'left';
    });
    canvas('phones').setAttribute('aria-label', `phones in the order in which they come: ${names.join(' ')}`);
  }

  drawDensity() {
    const {context, width, height} = prepare('density');
    const {density, strange} = this.view;
    const range = this.about.range;
    let low = Math.min(...density);
    let high = Math.max(...density);
    if (range) {
      low = Math.min(low, range[1]);
      high = Math.max(high, range[99]);
    }
    const margin = (high - low) * 0.08 || 1;
    const y = value => height * (high + margin - value) / (high - low + 2 * margin);
    if (range) {
      for (const [from, to, name] of [[1, 99, '--band'], [25, 75, '--inner']]) {
        context.fillStyle = colour(name);
        context.fillRect(0, y(range[to]), width, y(range[from]) - y(range[to]));
      }
    }
    const second = Math.round(1 / this.about.frameShift);
    strange.forEach((what, s) => {
      if (what) {
        const from = this.x(s * second, width);
        const to = this.x(s === strange.length - 1 ? density.length : (s + 1) * second, width);
        context.globalAlpha = 0.35;
        context.fillStyle = colour('--strange');
        context.fillRect(from, 0, to - from, height);
        context.globalAlpha = 1;
      }
    });
    context.strokeStyle = colour('--curve');
    for (const [frames, alpha, line] of [[1, 0.25, 1], [MEAN_FRAMES, 1, 2]]) {
      context.globalAlpha = alpha;
      context.lineWidth = line;
      context.beginPath();
      let sum = 0;
      density.forEach((value, t) => {
        sum += value - (t >= frames ? density[t - frames] : 0);
        context.lineTo(this.x(Math.max(0, t - frames / 2), width), y(sum / Math.min(frames, t + 1)));
      });
      context.stroke();
    }
    context.globalAlpha = 1;
    const count = strange.filter(what => what).length;
    const text = range
      ? `log p(x) of frames, thin, and its mean, thick; shaded: where ${this.about.rangeUtterances} known recordings have 98 and 50 % of theirs; red: strange seconds, ${count} of ${strange.length}`
      : 'log p(x) of frames, thin, and its mean, thick; nothing tells the range of known speech (--reference)';
    document.getElementById('density-caption').textContent = text;
    canvas('density').setAttribute('aria-label', text);
  }

  drawDomains() {
    const names = this.about.domains;
    if (!names.length || !this.view.domains) {
      return;
    }
    const {context, width, height} = prepare('domains');
    const shares = bytes(this.view.domains.frames);
    const frames = this.view.frames;
    const step = this.x(1, width);
    for (let t = 0; t < frames; t++) {
      let top = 0;
      names.forEach((name, d) => {
        const share = shares[t * names.length + d] / 255 * height;
        context.fillStyle = `hsl(${210 + 150 * d} 60% 50%)`;
        context.fillRect(this.x(t, width), top, step + 0.5, share);
        top += share;
      });
    }
    const caption = document.getElementById('domain-caption');
    caption.replaceChildren('Domain: ');
    names.forEach((name, d) => {
      const share = document.createElement('b');
      share.style.color = `hsl(${210 + 150 * d} 60% 45%)`;
      share.textContent = `${name} ${(100 * this.view.domains.utterance[d]).toFixed(0)} % `;
      caption.append(share);
    });
    canvas('domains').setAttribute('aria-label', caption.textContent);
  }
}
