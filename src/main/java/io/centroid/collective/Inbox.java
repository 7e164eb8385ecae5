package io.centroid.collective;

import io.centroid.collective.Chunks.Chunk;
import io.centroid.collective.Peers.Note;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What has come together in one JVM of a group, from its own tasks and from others: contributions
 * to the chunks that it folds, and chunks of the mean. Rounds are counted from 0.
 *
 * <p>No two rounds are under way in one place: who is in the next one has the whole mean, which is
 * there only when all have contributed. So two means in turn are enough, and counts only rise.
 */
final class Inbox {
  private final int workers;
  private final Chunks chunks;
  private final float[][] start;
  private final float[][][] means;
  private final float[][] kept;
  private final float[][][] contributed;
  private final float[][] arrived;
  private final int[] offsets;
  private final Note[][] notes;

  /** By worker, how many rounds it has told of. */
  private final int[] noted;

  /** By chunk: how often a worker's contribution came, how often the mean, how often it is kept. */
  private final int[][] parts;

  private final int[] meansOf;
  private final int[] keptOf;
  private final int[] partsOf;
  private int meansIn;
  private int keptIn;

  /**
   * An empty one.
   *
   * @param local by worker, whether a task of this JVM trains it
   * @param owns by member, whether it is a task of this JVM
   * @param start what the first round starts from; never written
   * @param kept arrays, of the length of the first, that owners keep to themselves; written
   */
  Inbox(boolean[] local, boolean[] owns, Chunks chunks, float[][] start, float[][] kept) {
    this.workers = local.length;
    this.chunks = chunks;
    this.start = start;
    this.kept = kept;
    this.means = new float[2][][];
    this.contributed = new float[workers][][];
    this.offsets = new int[chunks.all().size()];
    int owned = 0;
    for (Chunk chunk : chunks.all()) {
      offsets[chunk.index()] = owns[chunk.owner()] ? owned : -1;
      owned += owns[chunk.owner()] ? chunk.length() : 0;
    }
    this.arrived = new float[workers][];
    for (int worker = 0; worker < workers; worker++) {
      arrived[worker] = local[worker] ? null : new float[owned];
    }
    this.notes = new Note[2][workers];
    this.noted = new int[workers];
    this.parts = new int[chunks.all().size()][workers];
    this.partsOf = new int[chunks.all().size()];
    this.meansOf = new int[chunks.all().size()];
    this.keptOf = new int[chunks.all().size()];
  }

  /** What a round starts from; read only. */
  float[][] start(int round) {
    return round == 0 ? start : means[(round - 1) % 2];
  }

  /** Where the mean of a round is, or is being written, chunk by chunk. */
  synchronized float[][] mean(int round) {
    if (means[round % 2] == null) {
      means[round % 2] =
          Arrays.stream(start).map(array -> new float[array.length]).toArray(float[][]::new);
    }
    return means[round % 2];
  }

  /** Arrays that owners keep to themselves, and hand on at the end. */
  float[][] kept() {
    return kept;
  }

  /** What was told of a round, by worker. */
  synchronized Note[] notes(int round) {
    return notes[round % 2].clone();
  }

  /** A worker of this JVM contributes. */
  synchronized void contribute(int round, int worker, Note note, float[][] arrays) {
    keep(round, worker, note);
    contributed[worker] = arrays;
    for (Chunk chunk : chunks.all()) {
      if (offsets[chunk.index()] >= 0) {
        countPart(round, worker, chunk.index());
      }
    }
    notifyAll();
  }

  /** A worker of another JVM tells of its round. */
  synchronized void note(int round, int worker, Note note) {
    keep(round, worker, note);
    if (note.weight() == 0) { // nothing else will come
      for (Chunk chunk : chunks.all()) {
        if (offsets[chunk.index()] >= 0) {
          countPart(round, worker, chunk.index());
        }
      }
    }
    notifyAll();
  }

  private void keep(int round, int worker, Note note) {
    if (noted[worker] != round) {
      throw new IllegalArgumentException(
          "a note of worker %d's round %d, expected round %d"
              .formatted(worker, round, noted[worker]));
    }
    noted[worker]++;
    notes[round % 2][worker] = note;
  }

  /** A contribution comes in. */
  void part(int round, int worker, int index, ByteBuffer values) {
    Chunk chunk = chunk(index);
    if (worker < 0 || worker >= workers || arrived[worker] == null || offsets[index] < 0) {
      throw new IllegalArgumentException(
          "chunk %d of worker %d, which does not belong here".formatted(index, worker));
    }
    read(values, arrived[worker], offsets[index], chunk);
    synchronized (this) {
      countPart(round, worker, index);
      notifyAll();
    }
  }

  private void countPart(int round, int worker, int index) {
    if (parts[index][worker] != round) {
      throw new IllegalArgumentException(
          "round %d of worker %d's chunk %d, expected round %d"
              .formatted(round, worker, index, parts[index][worker]));
    }
    parts[index][worker]++;
    partsOf[index]++;
  }

  /** A chunk of the mean comes in. */
  void mean(int round, int index, ByteBuffer values) {
    Chunk chunk = chunk(index);
    read(values, mean(round)[chunk.array()], chunk.from(), chunk);
    meanIs(round, index);
  }

  /** A chunk of the mean is written. */
  synchronized void meanIs(int round, int index) {
    if (meansOf[index] != round) {
      throw new IllegalArgumentException(
          "round %d of the mean's chunk %d, expected round %d"
              .formatted(round, index, meansOf[index]));
    }
    meansOf[index]++;
    meansIn++;
    notifyAll();
  }

  /** A chunk of what an owner kept comes in. */
  void kept(int array, int index, ByteBuffer values) {
    Chunk chunk = chunk(index);
    if (array < 0 || array >= kept.length || chunk.array() != 0) {
      throw new IllegalArgumentException("array %d, chunk %d".formatted(array, index));
    }
    read(values, kept[array], chunk.from(), chunk);
    keptIs(index);
  }

  /** A chunk of what an owner kept is here. */
  synchronized void keptIs(int index) {
    if (++keptOf[index] > kept.length) {
      throw new IllegalArgumentException("chunk %d once more".formatted(index));
    }
    keptIn++;
    notifyAll();
  }

  /** Whether all workers' contributions to a chunk are here; their notes come before. */
  boolean hasParts(int round, Chunk chunk) {
    return partsOf[chunk.index()] == (round + 1) * workers;
  }

  /**
   * Whether the mean is whole, and all have told of the round: a note may come later than the mean,
   * by another way, where no chunk is folded. Who is ahead may have told of the next round already.
   */
  boolean hasMean(int round) {
    return meansIn == (round + 1) * chunks.all().size()
        && Arrays.stream(noted).allMatch(rounds -> rounds > round);
  }

  /** Whether all is here that owners kept. */
  boolean hasKept() {
    return keptIn == kept.length * chunks.all().stream().filter(each -> each.array() == 0).count();
  }

  /** The contributions to a chunk, all of which are here. */
  synchronized Fold.Values values(int round, Chunk chunk) {
    Note[] noted = notes(round);
    return new Fold.Values() {
      @Override
      public double weight(int worker) {
        return noted[worker].weight();
      }

      @Override
      public float[] array(int worker) {
        return arrived[worker] == null ? contributed[worker][chunk.array()] : arrived[worker];
      }

      @Override
      public int from(int worker) {
        return arrived[worker] == null ? chunk.from() : offsets[chunk.index()];
      }
    };
  }

  private Chunk chunk(int index) {
    if (index < 0 || index >= chunks.all().size()) {
      throw new IllegalArgumentException("chunk %d of %d".formatted(index, chunks.all().size()));
    }
    return chunks.all().get(index);
  }

  private static void read(ByteBuffer from, float[] to, int at, Chunk chunk) {
    if (from.remaining() != chunk.length() * Float.BYTES) {
      throw new IllegalArgumentException(
          "%d bytes of chunk %d, expected %d"
              .formatted(from.remaining(), chunk.index(), chunk.length() * Float.BYTES));
    }
    from.slice().order(from.order()).asFloatBuffer().get(to, at, chunk.length());
  }
}
