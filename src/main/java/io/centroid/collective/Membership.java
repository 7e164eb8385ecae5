package io.centroid.collective;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Who takes part in a group, and where; the same for all of them.
 *
 * @param members the tasks, in order of their partitions
 * @param memberOf by worker, the member that trains it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Membership(List<Member> members, int[] memberOf) implements Serializable {

  /**
   * One task.
   *
   * @param executor the id of its JVM; those of one JVM have the same
   * @param host where frames to that JVM go; empty when there is no other
   * @param port of that host
   */
  public record Member(String executor, String host, int port) implements Serializable {}

  /** The workers that a member trains, in ascending order. */
  public int[] workersOf(int member) {
    return IntStream.range(0, memberOf.length)
        .filter(worker -> memberOf[worker] == member)
        .toArray();
  }

  /** One member of each JVM, in a common order. */
  List<Member> nodes() {
    return members.stream().distinct().toList();
  }

  /** By member, the place of its JVM among {@link #nodes}. */
  int[] nodeOfMembers() {
    List<Member> nodes = nodes();
    return members.stream().mapToInt(nodes::indexOf).toArray();
  }
}
