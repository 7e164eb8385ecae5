package io.centroid.cifar;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles opcode by opcode; every method returns this, to be chained. */
final class PickleBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int memo;

  /** Starts a pickle whose first memo entry gets the given number (1 in cPickle, 0 in Python 3). */
  PickleBytes(int protocol, int firstMemo) {
    op(0x80).op(protocol);
    memo = firstMemo;
  }

  /** Any opcode without an argument, or any byte. */
  PickleBytes op(int opcode) {
    out.write(opcode);
    return this;
  }

  PickleBytes raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  PickleBytes ascii(String text) {
    return raw(text.getBytes(StandardCharsets.US_ASCII));
  }

  /** BINPUT or LONG_BINPUT with the next number. */
  PickleBytes put() {
    int number = memo++;
    return number < 256 ? op('q').op(number) : op('r').int32(number);
  }

  /** MEMOIZE, of protocol 4. */
  PickleBytes memoize() {
    return op(0x94);
  }

  PickleBytes global(String module, String name) {
    return op('c').ascii(module + "\n" + name + "\n");
  }

  /** SHORT_BINUNICODE twice and STACK_GLOBAL, of protocol 4. */
  PickleBytes stackGlobal(String module, String name) {
    return shortUnicode(module).shortUnicode(name).op(0x93);
  }

  /** SHORT_BINSTRING. */
  PickleBytes shortString(String text) {
    return op('U').op(text.length()).ascii(text);
  }

  /** SHORT_BINBYTES. */
  PickleBytes shortBytes(String text) {
    return op('C').op(text.length()).ascii(text);
  }

  /** SHORT_BINUNICODE. */
  PickleBytes shortUnicode(String text) {
    return op(0x8c).op(text.length()).ascii(text);
  }

  /** BINUNICODE. */
  PickleBytes unicode(String text) {
    return counted('X', text.getBytes(StandardCharsets.UTF_8));
  }

  /** BINSTRING ('T'), BINBYTES ('B') or any other opcode with a length of four bytes. */
  PickleBytes counted(int opcode, byte[] bytes) {
    return op(opcode).int32(bytes.length).raw(bytes);
  }

  /** BININT1. */
  PickleBytes int1(int value) {
    return op('K').op(value);
  }

  /** BININT2. */
  PickleBytes int2(int value) {
    return op('M').op(value & 0xff).op(value >>> 8);
  }

  /** BININT. */
  PickleBytes int4(int value) {
    return op('J').int32(value);
  }

  /** Four bytes, least significant first. */
  PickleBytes int32(int value) {
    return raw(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
  }

  /** Eight bytes, least significant first. */
  PickleBytes int64(long value) {
    return raw(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}
