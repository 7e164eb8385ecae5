package io.centroid.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FileKindTest {
  /** The beginnings, in Latin-1. */
  @ParameterizedTest
  @CsvSource({
    "'\u001f\u008b\b', GZIP",
    "'version https://git-lfs.github.com/spec/v1\n', GIT_LFS_POINTER",
    "'\n<!DOCTYPE HTML PUBLIC>', HTML",
    "'<!-- moved --><html lang=en>', HTML",
    "'<HTML>', HTML",
    "'\u00ef\u00bb\u00bf<html>', HTML",
    "'<?xml version=''1.0''?><Error>', XML",
    "'MATLAB 5.0 MAT-file, Platform', MATLAB",
    "'MATLAB 7.3 MAT-file, Platform', MATLAB",
    "'PK\u0005\u0006', ZIP",
    "'Rar!\u001a', RAR",
    "'BZh91AY', BZIP2",
    "'(\u00b5/\u00fd', ZSTD",
    "'PAR1\u0015', PARQUET",
    "'ARROW1', ARROW",
    "'\u0089HDF\r\n\u001a\n', HDF5",
    "'\u0093NUMPY\u0001', NPY",
    "'SQLite format 3', SQLITE",
    "'\u00ff\u00d8\u00ff\u00e0', PICTURE",
    "'GIF89a', PICTURE",
    "'RIFF....WEBPVP8', PICTURE",
    "'\u0080\u0002}q\u0001', PICKLE",
    "'(dp0\nVdata', PICKLE",
    "'ccollections\nOrderedDict', PICKLE",
    "'}q\u0000(', PICKLE",
    "'{\"license\": 1}', JSON",
    "'', EMPTY"
  })
  void isToldByTheFirstBytes(String start, FileKind kind) {
    assertThat(FileKind.of(start.getBytes(StandardCharsets.ISO_8859_1))).contains(kind);
  }

  @Test
  void tellsZipFilesApartByTheirFirstEntry() {
    assertThat(FileKind.of(zip("x_train.npy"))).contains(FileKind.NPZ);
    assertThat(FileKind.of(zip("archive/data.pkl"))).contains(FileKind.PYTORCH);
    assertThat(FileKind.of(zip("cifar-10/data_batch_1.bin"))).contains(FileKind.ZIP);
    assertThat(FileKind.of(Arrays.copyOf(zip("x.npy"), 32))).contains(FileKind.ZIP);
  }

  /** A length of 3108, and its masked CRC-32C as TensorFlow computes it. */
  @Test
  void knowsTfRecordsByTheSumOfTheLength() {
    byte[] start = {0x24, 0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10};
    assertThat(FileKind.of(start)).isEmpty();
    CRC32C sum = new CRC32C();
    sum.update(start, 0, 8);
    int masked = Integer.rotateRight((int) sum.getValue(), 15) + 0xa282ead8;
    for (int i = 0; i < 4; i++) {
      start[8 + i] = (byte) (masked >>> (8 * i));
    }
    assertThat(FileKind.of(start)).contains(FileKind.TFRECORD);
  }

  @Test
  void takesNothingElseForAnything() {
    assertThat(FileKind.of("# Data\n".getBytes(StandardCharsets.UTF_8))).isEmpty();
    assertThat(FileKind.of("id,label\n1,frog\n".getBytes(StandardCharsets.UTF_8))).isEmpty();
    assertThat(FileKind.of(new byte[] {6, 1, 2, 3})).isEmpty();
    assertThat(FileKind.of(new byte[FileKind.START_BYTES])).contains(FileKind.ZEROS);
  }

  private static byte[] zip(String name) {
    byte[] start = new byte[FileKind.START_BYTES];
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(new byte[] {'P', 'K', 3, 4}, 0, start, 0, 4);
    start[26] = (byte) text.length;
    System.arraycopy(text, 0, start, 30, text.length);
    return start;
  }
}
