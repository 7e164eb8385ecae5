package io.centroid.prep;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A response body that is handed over piece by piece and given up when no piece arrives in time,
 * which {@link java.net.http.HttpClient}'s own timeout does not do once the headers are there.
 */
final class StallGuardedBody implements BodySubscriber<StallGuardedBody>, AutoCloseable {
  /** What the connection reported: data, its end, or a failure. */
  private record Event(List<ByteBuffer> data, boolean isEnd, Throwable failure) {}

  private final Duration patience;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final CompletableFuture<Subscription> subscription = new CompletableFuture<>();

  StallGuardedBody(Duration patience) {
    this.patience = patience;
  }

  /**
   * Waits for the next piece.
   *
   * @return it, or empty at the end of the body
   * @throws HttpTimeoutException when none arrives in time
   * @throws IOException when the connection breaks
   */
  Optional<List<ByteBuffer>> next() throws IOException, InterruptedException {
    subscription.join().request(1);
    Event event = events.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    if (event == null) {
      throw new HttpTimeoutException("no data for " + patience.toMillis() + " ms");
    }
    if (event.failure() != null) {
      throw new IOException(event.failure().getMessage(), event.failure());
    }
    return event.isEnd() ? Optional.empty() : Optional.of(event.data());
  }

  /** Ends the transfer, finished or not. */
  @Override
  public void close() {
    subscription.join().cancel();
  }

  @Override
  public CompletionStage<StallGuardedBody> getBody() {
    // Complete as soon as there are headers: the body is read while it arrives.
    return subscription.thenApply(started -> this);
  }

  @Override
  public void onSubscribe(Subscription started) {
    subscription.complete(started);
  }

  @Override
  public void onNext(List<ByteBuffer> data) {
    events.add(new Event(data, false, null));
  }

  @Override
  public void onError(Throwable failure) {
    events.add(new Event(List.of(), false, failure));
  }

  @Override
  public void onComplete() {
    events.add(new Event(List.of(), true, null));
  }
}
