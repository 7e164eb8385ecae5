package io.centroid.average;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.average.Contribution.PartialSum;
import io.centroid.average.Contribution.WorkerResult;
import io.centroid.compute.StateCoding;
import io.centroid.compute.TrainingState;
import io.centroid.example.Coverage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.codec.digest.DigestUtils;

final class WeightedSumTest {

  @Property(tries = 200)
  void equalsTheWeightedMeanInDoublePrecision(
      @ForAll @IntRange(min = 1, max = 12) int workers,
      @ForAll @IntRange(min = 1, max = 5000) int parameters,
      @ForAll @IntRange(min = 0, max = 5000) int updaterState,
      @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Contribution> results = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      double examples = worker == 0 ? 5 : random.nextInt(200) * random.nextInt(1, 9) / 8.0;
      results.add(
          examples == 0
              ? WorkerResult.idle(worker)
              : result(worker, examples, parameters, updaterState, random));
    }
    TrainingState mean = sum(copies(results)).mean(40);
    assertThat(mean.parameters()).hasSize(parameters);
    assertThat(mean.updaterState()[0]).hasSize(updaterState);
    for (int i = 0; i < parameters; i += 97) {
      double sum = 0;
      double weight = 0;
      for (Contribution contribution : results) {
        WorkerResult result = (WorkerResult) contribution;
        if (result.tally().examples() > 0) {
          sum += result.tally().weight() * result.state().parameters()[i];
          weight += result.tally().weight();
        }
      }
      assertThat(mean.parameters()[i]).isEqualTo((float) (sum * (1 / weight)));
      float divided = (float) (sum / weight); // rounds the other way now and then, mostly at ties
      assertThat(Math.abs(mean.parameters()[i] - divided)).isLessThanOrEqualTo(Math.ulp(divided));
    }
    assertThat(mean.iteration())
        .isEqualTo(
            40
                + results.stream()
                    .mapToInt(each -> each.tally().longestSteps())
                    .max()
                    .orElseThrow());
  }

  private static WeightedSum sum(List<? extends Contribution> contributions) {
    WeightedSum sum = WeightedSum.onAllCores();
    contributions.forEach(sum::add);
    return sum;
  }

  /** The mean is written over one of the results. */
  private static List<Contribution> copies(List<? extends Contribution> results) {
    return results.stream()
        .map(result -> (WorkerResult) result)
        .map(
            result ->
                (Contribution)
                    new WorkerResult(
                        result.index(),
                        new TrainingState(
                            result.state().parameters().clone(),
                            Arrays.stream(result.state().updaterState())
                                .map(float[]::clone)
                                .toArray(float[][]::new),
                            result.state().iteration()),
                        result.tally()))
        .toList();
  }

  @Property(tries = 100)
  void ofOneWorkerIsThatWorkersStateToTheBit(
      @ForAll @IntRange(min = 1, max = 1_000_000) int examples, @ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    WorkerResult only = result(0, examples, 3000, 6000, random);
    TrainingState mean = sum(copies(List.of(only))).mean(0);
    assertThat(mean.parameters()).isEqualTo(only.state().parameters());
    assertThat(mean.updaterState()).isDeepEqualTo(only.state().updaterState());
  }

  @Example
  void theMeanOfAPartialSumIsThatOfItsMembers() {
    SplittableRandom random = new SplittableRandom(3);
    Contribution first = result(0, 7, 100, 50, random);
    Contribution second = result(1, 3, 100, 50, random);
    Contribution third = result(2, 9, 100, 50, random);
    PartialSum sum = sum(List.of(first, second, third)).partial(0);
    assertThat(sum.tally().examples()).isEqualTo(19);
    TrainingState throughTree = sum(List.of(sum)).mean(0);
    TrainingState direct = sum(List.of(first, second, third)).mean(0);
    assertThat(throughTree.parameters()).isEqualTo(direct.parameters());
    assertThat(throughTree.updaterState()).isDeepEqualTo(direct.updaterState());
  }

  /** The bits are a contract: runs made by earlier versions have to come out the same. */
  @Example
  void keepsItsBits() {
    assertThat(
            Stream.of(results(1), results(2), results(5), results(16), tree(results(17), 4))
                .map(level -> sum(level).mean(7))
                .map(mean -> DigestUtils.sha256Hex(StateCoding.encode(mean).array())))
        .containsExactly(
            "256a3c576e1e1e54337b1eb09ad2b2aae14d1b1afcff868a8265ede446e50ab4",
            "d7ab39454f539761e9c09fdc2edae235d06f94747b25cc56939233862fe93bda",
            "2c01b2d7f5869e7a8cf01078a99aa1a36f5ffbbf8741a0bbb8338215004f773e",
            "d4b8575a23c8b495825f59a06bb3c7ae43d5f9c5bdf45cab99e328d603e3cc48",
            "c3cb318143b97cea1c2c97f2a5d4cb6059e37eea1953e375e906b8829cca8c52");
  }

  /** Results of which every seventh worker had nothing left to train on. */
  private static List<Contribution> results(int workers) {
    SplittableRandom random = new SplittableRandom(workers);
    List<Contribution> results = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      results.add(
          worker % 7 == 6
              ? WorkerResult.idle(worker)
              : result(worker, 300 + worker, 5000, 9001, random));
    }
    return results;
  }

  /** Sums of groups, level by level, until there are at most {@code fanIn}. */
  private static List<Contribution> tree(List<Contribution> level, int fanIn) {
    if (level.size() <= fanIn) {
      return level;
    }
    List<Contribution> sums = new ArrayList<>();
    for (int from = 0; from < level.size(); from += fanIn) {
      List<Contribution> group = level.subList(from, Math.min(from + fanIn, level.size()));
      sums.add(sum(group).partial(sums.size()));
    }
    return tree(sums, fanIn);
  }

  private static WorkerResult result(
      int worker, double weight, int parameters, int updaterState, SplittableRandom random) {
    return new WorkerResult(
        worker,
        new TrainingState(
            values(parameters, random), new float[][] {values(updaterState, random)}, 0),
        RoundTally.of(
            new Coverage((long) Math.ceil(weight), worker),
            weight,
            1 + random.nextInt(5),
            random.nextDouble(),
            0,
            random.nextInt(1000)));
  }

  private static float[] values(int count, SplittableRandom random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
    return values;
  }
}
