package io.centroid.shard;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/**
 * Parquet's codecs, but that Snappy compares the size a page's header tells with that of the data:
 * Parquet's own waits for more without end where the header tells more than there is.
 */
final class CheckedCodecs implements CompressionCodecFactory {
  private final CompressionCodecFactory codecs;

  /** Takes all but Snappy from {@code codecs}. */
  CheckedCodecs(CompressionCodecFactory codecs) {
    this.codecs = codecs;
  }

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    return codecs.getCompressor(codec);
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return codec == CompressionCodecName.SNAPPY ? new OfSnappy() : codecs.getDecompressor(codec);
  }

  @Override
  public void release() {
    codecs.release();
  }

  private static final class OfSnappy implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput compressed, int size) throws IOException {
      byte[] bytes = compressed.toByteArray();
      int found = Snappy.uncompressedLength(bytes);
      if (found != size) {
        throw new IOException("a page of %d bytes whose header tells %d".formatted(found, size));
      }
      return BytesInput.from(Snappy.uncompress(bytes));
    }

    @Override
    public void decompress(ByteBuffer compressed, int length, ByteBuffer to, int size)
        throws IOException {
      byte[] bytes = new byte[length];
      compressed.get(bytes);
      to.put(decompress(BytesInput.from(bytes), size).toByteBuffer());
    }

    @Override
    public void release() {}
  }
}
