package io.centroid.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.centroid.collective.Chunks.Chunk;
import io.centroid.collective.Peers.Note;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/**
 * Two workers and two members, of whom one of each is here; one chunk, which is folded here or
 * there.
 */
final class InboxTest {
  private static final int OTHER = 1;
  private static final float[][] START = {{1, 2}};

  @Test
  void aRoundIsNotOverBeforeAllHaveToldOfItEvenIfTheMeanIsThere() {
    Inbox inbox = inbox(false);
    for (int round = 0; round < 3; round++) {
      inbox.contribute(round, 0, note(round), START);
      inbox.mean(round, 0, bytes(3, 4));
      assertThat(inbox.hasMean(round)).as("round " + round).isFalse();
      inbox.note(round, OTHER, note(round + 10));
      assertThat(inbox.hasMean(round)).isTrue();
      assertThat(inbox.notes(round))
          .extracting(Note::weight)
          .containsExactly(round + 1.0, round + 11.0);
      assertThat(inbox.start(round + 1)[0]).containsExactly(3, 4);
    }
  }

  @Test
  void whoIsAheadDoesNotMakeUpForWhoIsMissing() {
    Inbox inbox = inbox(false);
    inbox.note(0, OTHER, note(0));
    inbox.note(1, OTHER, note(1));
    inbox.mean(0, 0, bytes(3, 4));
    assertThat(inbox.hasMean(0)).isFalse();
    inbox.contribute(0, 0, note(0), START);
    assertThat(inbox.hasMean(0)).isTrue();
  }

  @Test
  void whatIsFoldedHereNeedsAllPartsAndThoseWithoutExamplesSendNone() {
    Inbox inbox = inbox(true);
    Chunk chunk = new Chunks(new int[] {2}, 2).all().get(0);
    inbox.contribute(0, 0, note(0), START);
    inbox.note(0, OTHER, note(0));
    assertThat(inbox.hasParts(0, chunk)).isFalse();
    inbox.part(0, OTHER, 0, bytes(5, 6));
    assertThat(inbox.hasParts(0, chunk)).isTrue();
    inbox.contribute(1, 0, note(1), START);
    inbox.note(1, OTHER, new Note(0, new byte[0]));
    assertThat(inbox.hasParts(1, chunk)).isTrue();
  }

  @Test
  void whatComesTwiceOrDoesNotBelongHereIsRefused() {
    Inbox inbox = inbox(true);
    inbox.part(0, OTHER, 0, bytes(5, 6));
    assertRefused(() -> inbox.part(0, OTHER, 0, bytes(5, 6)), "round 0 of worker 1's chunk 0");
    assertRefused(() -> inbox.part(2, OTHER, 0, bytes(5, 6)), "round 2 of worker 1's chunk 0");
    assertRefused(() -> inbox.part(0, 0, 0, bytes(5, 6)), "which does not belong here");
    assertRefused(() -> inbox.part(1, OTHER, 0, bytes(5)), "4 bytes of chunk 0, expected 8");
    assertRefused(() -> inbox.part(1, OTHER, 7, bytes(5)), "chunk 7 of 1");
    assertRefused(() -> inbox.mean(1, 0, bytes(5, 6)), "round 1 of the mean's chunk 0");
    assertRefused(() -> inbox.note(1, OTHER, note(1)), "a note of worker 1's round 1");
  }

  private static void assertRefused(Runnable coming, String why) {
    assertThatThrownBy(coming::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  private static Inbox inbox(boolean folds) {
    return new Inbox(
        new boolean[] {true, false},
        new boolean[] {folds, !folds},
        new Chunks(new int[] {2}, 2),
        START,
        new float[0][]);
  }

  private static Note note(int number) {
    return new Note(number + 1L, new byte[0]);
  }

  private static ByteBuffer bytes(float... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes;
  }
}
