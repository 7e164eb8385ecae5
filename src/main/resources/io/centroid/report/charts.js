const figures = JSON.parse(document.getElementById('figures').textContent);
const dark = matchMedia('(prefers-color-scheme: dark)');
const charts = [];
function draw() {
  charts.splice(0).forEach(chart => chart.destroy());
  const [ink, grid, ...colours] = dark.matches
    ? ['#c9d1d9', '#30363d', '#6cb6ff', '#ffb77c', '#7ee787', '#d2a8ff']
    : ['#3d444d', '#d8dee4', '#0b6bcb', '#b35900', '#1a7f37', '#8250df'];
  Chart.defaults.color = ink;
  Chart.defaults.borderColor = grid;
  Chart.defaults.font.family = 'system-ui, sans-serif';
  const axis = (text, more) => ({title: {display: true, text}, ...more});
  const line = (label, data, i) => ({label, data, borderColor: colours[i], backgroundColor: colours[i],
    borderWidth: 2, pointRadius: data.map((_, at) => figures.epochs[at] === figures.best ? 6 : 1.5)});
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
    {label: 'perfect', data: [{x: 0, y: 0}, {x: 1, y: 1}], showLine: true, pointRadius: 0, borderDash: [5, 5], borderColor: ink, backgroundColor: ink}]}),
    axis('probability of the predicted class', {min: 0, max: 1}), axis('accuracy', {min: 0, max: 1}));
  plot('rounds', 'bar', () => ({labels: figures.epochs, datasets: ['compute', 'broadcast', 'collect', 'average'].map(
    (part, i) => ({label: part, data: figures.rounds[part], backgroundColor: colours[i]}))}),
    axis('epoch', {stacked: true}), axis('ms a round', {stacked: true}));
}
draw();
dark.addEventListener('change', draw);
addEventListener('beforeprint', () => charts.forEach(chart => chart.resize()));
