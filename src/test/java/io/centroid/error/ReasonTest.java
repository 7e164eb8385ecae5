package io.centroid.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class ReasonTest {

  @Test
  void aReasonIsOneLineAndNeverNothing() {
    assertThat(Reason.of(new IOException("disk on fire\n\tat x"))).isEqualTo("disk on fire");
    assertThat(Reason.of(new IOException("\n  second\n"))).isEqualTo("second");
    assertThat(Reason.of(new EOFException())).isEqualTo("EOFException");
    assertThat(Reason.of(new IOException(" "))).isEqualTo("IOException");
  }
}
