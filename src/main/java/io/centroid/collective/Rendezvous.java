package io.centroid.collective;

import io.centroid.collective.Membership.Member;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.apache.spark.SparkEnv;
import org.apache.spark.rpc.RpcCallContext;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.rpc.RpcTimeout;
import org.apache.spark.rpc.ThreadSafeRpcEndpoint;
import org.apache.spark.util.RpcUtils;
import org.apache.spark.util.Utils;
import scala.PartialFunction;
import scala.concurrent.Future;
import scala.concurrent.duration.FiniteDuration;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractPartialFunction;
import scala.runtime.BoxedUnit;

/**
 * Where the tasks of a group find each other, on the driver, and where one of them tells how far
 * they are. It listens on the driver's own port, by Spark's own messages.
 */
public final class Rendezvous implements AutoCloseable {
  private final RpcEnv rpc;
  private final RpcEndpointRef endpoint;
  private volatile Attempt attempt;

  /** What tasks ask the driver. */
  private sealed interface Question extends Serializable {
    long attempt();
  }

  /** A task is there; the answer, when all are, is the {@link Membership}. */
  private record Join(long attempt, int index, Member member) implements Question {}

  /** What the first member tells; the answer is whether to go on. */
  private record Report(long attempt, Serializable content) implements Question {}

  /** A task cannot go on. */
  private record Failed(long attempt, Serializable reason) implements Question {}

  /** What came from tasks, in its order. */
  public sealed interface Event {
    /** The first member tells something. */
    record Told(Serializable content) implements Event {}

    /** A member cannot go on. */
    record Broken(Serializable reason) implements Event {}

    /** The job is over, well or not. */
    record Over() implements Event {}
  }

  /** One attempt of a group to get through. */
  public static final class Attempt {
    private final long id;
    private final Function<List<Member>, Membership> assign;
    private final Member[] joined;
    private final List<RpcCallContext> waiting = new ArrayList<>();
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private volatile boolean goesOn = true;
    private volatile boolean together;

    private Attempt(long id, int members, Function<List<Member>, Membership> assign) {
      this.id = id;
      this.assign = assign;
      this.joined = new Member[members];
    }

    /** What happens, in its order. */
    public BlockingQueue<Event> events() {
      return events;
    }

    /** Whether all members were there. */
    public boolean isTogether() {
      return together;
    }

    /** The members shall end, all after the same round, when they hear of it. */
    public void stop() {
      goesOn = false;
    }
  }

  private Rendezvous(RpcEnv rpc, String name) {
    this.rpc = rpc;
    this.endpoint = rpc.setupEndpoint(name, new Endpoint());
  }

  /**
   * Opens one on the driver.
   *
   * @param name no other in this application has it
   */
  public static Rendezvous open(String name) {
    return new Rendezvous(SparkEnv.get().rpcEnv(), name);
  }

  /**
   * Waits for the members of a new attempt from now on, and for no others.
   *
   * @param id no other attempt has it
   * @param members how many there are
   * @param assign gives them their workers when all are there
   */
  public Attempt expect(long id, int members, Function<List<Member>, Membership> assign) {
    Attempt expected = new Attempt(id, members, assign);
    attempt = expected;
    return expected;
  }

  @Override
  public void close() {
    rpc.stop(endpoint);
  }

  /** Spark's own messages would look for classes where executors have none of ours. */
  static Object deserialized(byte[] bytes) {
    return Utils.deserialize(bytes, Rendezvous.class.getClassLoader());
  }

  /** Answers, one question at a time. */
  private final class Endpoint implements ThreadSafeRpcEndpoint {
    @Override
    public RpcEnv rpcEnv() {
      return rpc;
    }

    @Override
    public PartialFunction<Object, BoxedUnit> receiveAndReply(RpcCallContext asker) {
      return new AbstractPartialFunction<>() {
        @Override
        public boolean isDefinedAt(Object question) {
          return question instanceof byte[];
        }

        @Override
        public BoxedUnit apply(Object question) {
          answer((Question) deserialized((byte[]) question), asker);
          return BoxedUnit.UNIT;
        }
      };
    }

    private void answer(Question question, RpcCallContext asker) {
      Attempt now = attempt;
      if (now == null || now.id != question.attempt()) {
        asker.sendFailure(new IllegalStateException("This attempt is over."));
      } else if (question instanceof Join join) {
        now.joined[join.index()] = join.member();
        now.waiting.add(asker);
        if (now.waiting.size() == now.joined.length) {
          Membership membership = now.assign.apply(List.of(now.joined));
          byte[] answer = Utils.serialize(membership);
          now.waiting.forEach(each -> each.reply(answer));
          now.together = true;
        }
      } else if (question instanceof Report report) {
        now.events.add(new Event.Told(report.content()));
        asker.reply(now.goesOn);
      } else if (question instanceof Failed failed) {
        now.events.add(new Event.Broken(failed.reason()));
        asker.reply(now.goesOn);
      }
    }
  }

  /** A task's way to the driver. */
  static final class Desk {
    private final RpcEndpointRef driver;
    private final long attempt;
    private final RpcTimeout timeout;

    /**
     * The way to a rendezvous.
     *
     * @param name of the rendezvous
     * @param limit how long an answer may take
     */
    Desk(String name, long attempt, FiniteDuration limit) {
      SparkEnv environment = SparkEnv.get();
      this.driver = RpcUtils.makeDriverRef(name, environment.conf(), environment.rpcEnv());
      this.attempt = attempt;
      this.timeout = new RpcTimeout(limit, "spark.centroid.peers.timeout");
    }

    Future<Object> join(int index, Member member) {
      return ask(new Join(attempt, index, member));
    }

    Future<Object> report(Serializable content) {
      return ask(new Report(attempt, content));
    }

    Future<Object> failed(Serializable reason) {
      return ask(new Failed(attempt, reason));
    }

    private Future<Object> ask(Question question) {
      return driver.ask(Utils.serialize(question), timeout, ClassTag$.MODULE$.Object());
    }
  }
}
