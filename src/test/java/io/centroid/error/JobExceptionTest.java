package io.centroid.error;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class JobExceptionTest {
  @Test
  void isOneLineWhateverItQuotes() {
    JobException failure = JobException.data("Cannot read a\nb\u001b[31mc\r\nd: found nothing.");
    assertThat(failure).hasMessage("Cannot read a b [31mc d: found nothing.");
  }

  @Test
  void knowsItsCategoryAndCause() {
    Exception cause = new IllegalStateException("broken");
    assertThat(JobException.data("Cannot read it.", cause).category())
        .isEqualTo(FailureCategory.DATA);
    assertThat(JobException.data("Cannot read it.", cause)).hasCause(cause);
    assertThat(JobException.settings("Cannot use it.").category())
        .isEqualTo(FailureCategory.SETTINGS);
  }
}
