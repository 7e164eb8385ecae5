const figures = JSON.parse(document.getElementById('figures').textContent);
const dark = matchMedia('(prefers-color-scheme: dark)');
const charts = [];
const parts = figures.parts; // of the time of a round
function draw() {
  charts.splice(0).forEach(chart => chart.destroy());
  const [ink, grid, ...colours] = dark.matches
    ? ['#c9d1d9', '#30363d', '#6cb6ff', '#ffb77c', '#7ee787', '#d2a8ff', '#ff9bce', '#e3d26f', '#a5b1bd']
    : ['#3d444d', '#d8dee4', '#0b6bcb', '#b35900', '#1a7f37', '#8250df', '#bf3989', '#7d6608', '#57606a'];
  Chart.defaults.color = ink;
  Chart.defaults.borderColor = grid;
  Chart.defaults.font.family = 'system-ui, sans-serif';
  const axis = (text, more) => ({title: {display: true, text}, ...more});
  const colour = i => colours[i % colours.length];
  const line = (label, data, i, best = figures.best) => ({label, data, borderColor: colour(i), backgroundColor: colour(i),
    borderWidth: 2, pointRadius: data.map((_, at) => figures.epochs[at] === best ? 6 : 1.5)});
  // Draws where the page has a canvas for it.
  const plot = (id, type, data, x, y) => {
    const canvas = document.getElementById(id);
    if (canvas) charts.push(new Chart(canvas, {type, data: data(), options: {animation: false, responsive: true,
      maintainAspectRatio: false, interaction: {mode: 'index', intersect: false}, scales: {x, y}}}));
  };
  plot('loss', 'line', () => ({labels: figures.epochs, datasets: [
    line('training loss', figures.trainingLoss, 0),
    ...(figures.validationLoss.length ? [line('validation loss', figures.validationLoss, 1)] : [])]}),
    axis('epoch'), axis('loss'));
  plot('accuracy', 'line', () => ({labels: figures.epochs, datasets: [
    line('validation accuracy', figures.validationAccuracy, 2)]}), axis('epoch'), axis('%'));
  plot('reliability', 'scatter', () => ({datasets: [
    {label: 'this model', data: figures.reliability, showLine: true, borderColor: colours[0], backgroundColor: colours[0]},
    {label: 'perfect', data: [{x: 0, y: 0}, {x: 1, y: 1}], showLine: true, pointRadius: 0, borderDash: [5, 5], borderColor: ink, backgroundColor: 'transparent'}]}),
    axis('probability of the predicted class', {min: 0, max: 1}), axis('accuracy', {min: 0, max: 1}));
  plot('rounds', 'bar', () => ({labels: figures.epochs, datasets: parts.map(
    (part, i) => ({label: part, data: figures.rounds[part], backgroundColor: colours[i]}))}),
    axis('epoch', {stacked: true}), axis('ms a round', {stacked: true}));

  // Several runs: a colour each, and dashes where there are more runs than colours.
  const runs = figures.runs || [];
  const over = (id, what, unit) => plot(id, 'line', () => ({labels: figures.epochs, datasets: runs.map((run, i) =>
    ({...line(run.label, run[what], i, run.best), borderDash: [[], [6, 4], [2, 3], [8, 3, 2, 3]][Math.floor(i / colours.length)]}))}),
    axis('epoch'), axis(unit));
  over('training-losses', 'trainingLoss', 'training loss');
  over('validation-losses', 'validationLoss', 'validation loss');
  over('validation-accuracies', 'validationAccuracy', 'validation accuracy, %');
  plot('intervals', 'bar', () => ({labels: runs.map(run => run.label), datasets: [
    {type: 'line', label: 'test accuracy', data: runs.map(run => run.accuracy), showLine: false, pointRadius: 6, borderColor: ink, backgroundColor: ink},
    {label: '95 % interval', data: runs.map(run => run.interval), backgroundColor: colours[0], barPercentage: 0.1}]}),
    axis('run'), axis('%', {beginAtZero: false, grace: '10%'}));
  const beyondFirst = (id, what) => plot(id, 'bar', () => ({labels: figures.classes, datasets: runs.slice(1).map((run, i) =>
    ({label: `${run.label} − ${runs[0].label}`, backgroundColor: colour(i + 1),
      data: run[what].map((value, at) => value === null ? null : value - runs[0][what][at])}))}),
    axis(''), axis(`${what}, percentage points`));
  beyondFirst('recalls', 'recall');
  beyondFirst('precisions', 'precision');
  plot('times', 'bar', () => ({labels: runs.map(run => run.label), datasets: parts.map(
    (part, i) => ({label: part, data: runs.map(run => run.time ? run.time.parts[part] : null), backgroundColor: colours[i]}))}),
    axis('run', {stacked: true}), axis('seconds of the rounds', {stacked: true}));
}
draw();
dark.addEventListener('change', draw);
addEventListener('beforeprint', () => charts.forEach(chart => chart.resize()));
