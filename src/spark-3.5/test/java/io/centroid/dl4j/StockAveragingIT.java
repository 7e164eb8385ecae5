package io.centroid.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.centroid.LocalSpark;
import io.centroid.average.AveragingEngine;
import io.centroid.average.RoundListener;
import io.centroid.average.RoundPlan;
import io.centroid.average.SyntheticExamples;
import io.centroid.average.TrainingPosition;
import io.centroid.compute.TrainingState;
import io.centroid.deal.TrainingExample;
import io.centroid.deal.WorkerShares;
import io.centroid.model.FlatParameters;
import io.centroid.model.Networks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;

final class StockAveragingIT {

  /** 190 examples on 2 workers: unguarded, the stock master was seen to train on 128 of them. */
  @Test
  void trainsOnEveryExampleAndKeepsTheUpdater() {
    List<TrainingExample> examples = SyntheticExamples.of(190);
    RoundPlan plan = new RoundPlan(examples.size(), 2, 16, 3, 5);
    try (SparkSession session =
        LocalSpark.open("local[2]", Map.of("spark.kryo.registrationRequired", "false"))) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
      String configuration = SyntheticExamples.configuration().toJson();
      MultiLayerNetwork network = Networks.fromJson(configuration);
      TrainingState state = TrainingState.of(network);
      network.close();
      List<Double> losses = new ArrayList<>();
      List<String> hashes = new ArrayList<>();
      for (int repetition = 0; repetition < 2; repetition++) {
        try (WorkerShares shares = SyntheticExamples.deal(context, examples, 3, 2, 5);
            AveragingEngine engine = StockAveraging.of(context, shares, configuration, plan)) {
          TrainingPosition position = TrainingPosition.before(1, state);
          for (int epoch = 1; epoch <= 3; epoch++) {
            TrainingPosition end = engine.trainEpoch(position, RoundListener.NONE);
            assertThat(end.tally().examples()).isEqualTo(190);
            assertThat(end.tally().steps()).isEqualTo(2 * 6);
            assertThat(end.state().training().iteration()).isEqualTo(6 * epoch);
            position = end.nextEpoch();
            losses.add(end.tally().meanLoss());
          }
          TrainingState current = position.state().training();
          assertThat(current.updaterState()[0]).isNotEmpty();
          assertThat(current.updaterState()[0]).isNotEqualTo(state.updaterState()[0]);
          hashes.add(FlatParameters.sha256(current.parameters()));
        }
      }
      assertThat(losses.get(2)).isLessThan(losses.get(0));
      assertThat(hashes.get(1)).isEqualTo(hashes.get(0));
    }
  }
}
