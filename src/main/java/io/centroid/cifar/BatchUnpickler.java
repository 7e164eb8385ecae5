package io.centroid.cifar;

import io.centroid.error.JobException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Decodes the pickles of CIFAR-10, of any protocol, and refuses every other.
 *
 * <p>A pickle is a program that may call any function it names. This reader knows the few functions
 * that rebuild NumPy's arrays and numbers; what else is harmless and common stays a name that
 * stands for whatever it makes. A pickle that names anything else is refused before anything is
 * called.
 *
 * <p>A pickle may be made to hurt whoever reads it: nothing is hashed, compared or printed but
 * numbers and text, nothing is called recursively, and bytes and steps are bounded.
 *
 * @see <a href="https://docs.python.org/3/library/pickletools.html">pickletools: the opcodes</a>
 */
final class BatchUnpickler {
  /** 10,000 labels and file names as NumPy scalars take some 500,000. */
  private static final int STEPS_MAXIMUM = 2_000_000;

  /** No name of a key, module or function that is looked at is longer. */
  private static final int NAME_MAXIMUM = 100;

  private static final int PROTOCOL_MAXIMUM = 5;

  /** What may be named, and is never looked into. */
  private static final Set<String> HARMLESS =
      Set.of(
          """
          builtins.set builtins.frozenset builtins.list builtins.tuple builtins.dict builtins.int
          builtins.long builtins.float builtins.complex builtins.bool builtins.str builtins.unicode
          builtins.object builtins.range builtins.xrange builtins.slice collections.deque
          collections.Counter copyreg._reconstructor datetime.date datetime.datetime datetime.time
          datetime.timedelta datetime.timezone decimal.Decimal fractions.Fraction numpy.ndarray
          numpy.memmap numpy.matrix numpy.core.memmap.memmap numpy.matrixlib.defmatrix.matrix
          pathlib.Path pathlib.PosixPath pathlib.WindowsPath pathlib.PurePosixPath
          pathlib.PureWindowsPath uuid.UUID"""
              .split("\\s+", -1));

  /** What no data set needs and an attack does. */
  private static final Pattern HOSTILE =
      Pattern.compile(
          "(os|posix|nt|posixpath|ntpath|subprocess|commands|popen2|pty|sys|socket|shutil|ctypes|_ctypes"
              + "|importlib|imp|runpy|code|codeop|webbrowser|pickle|cPickle|_pickle|marshal|types|operator"
              + "|_operator|functools|_functools|timeit|trace|cProfile|profile|bdb|pdb|asyncio|multiprocessing"
              + "|threading|_thread|signal|io|_io|tempfile|glob|pip|urllib|urllib2|http|requests|httpx|ftplib"
              + "|smtplib|telnetlib|pydoc|doctest|site|linecache|atexit|gc|inspect|dis)(\\..+)?\\..*"
              + "|builtins\\.(eval|exec|execfile|compile|open|file|input|raw_input|apply|getattr|setattr"
              + "|delattr|vars|globals|locals|map|filter|reduce|breakpoint|__import__|__build_class__)"
              + "|numpy\\.(.+\\.)?(fromfile|load|save|savez|loadtxt|genfromtxt|DataSource|runstring"
              + "|exec_command|run_command)|numpy\\.(f2py|distutils|testing)\\..*");

  /** A function or class that a pickle may name. */
  private record Global(String name, Call call) {}

  /** What a {@link Global} does with its arguments. */
  @FunctionalInterface
  private interface Call {
    Object with(Object[] arguments);
  }

  /**
   * What came of something that is harmless and not looked into.
   *
   * @param name what made it
   */
  record Other(String name) {}

  /** A dictionary, its keys neither hashed nor compared. */
  static final class Dictionary {
    private final List<Object> keys = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();

    void put(Object key, Object value) {
      keys.add(key);
      values.add(value);
    }

    /**
     * The values of the keys that are short texts, {@code str} or {@code bytes}; a later one
     * counts.
     */
    Map<String, Object> byText() {
      Map<String, Object> entries = new TreeMap<>();
      for (int i = 0; i < keys.size(); i++) {
        Object key = keys.get(i);
        boolean isName =
            (key instanceof String text && text.length() <= NAME_MAXIMUM)
                || (key instanceof byte[] bytes && bytes.length <= NAME_MAXIMUM);
        if (isName) {
          entries.put(text(key), values.get(i));
        }
      }
      return entries;
    }
  }

  private final String file;
  private final PickleInput input;
  private final List<Object> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();
  private long encodedBytes;

  private BatchUnpickler(String file, InputStream in) {
    this.file = file;
    this.input = new PickleInput(file, in);
  }

  /**
   * Decodes one pickle that takes up the whole stream.
   *
   * <p>Numbers are {@code Integer}, {@code Long}, {@code BigInteger} or {@code Double}, text is
   * {@code String}, bytes and the text of Python 2 are {@code byte[]}, lists are {@code List},
   * tuples {@code Object[]}, dictionaries {@link Dictionary}, arrays and scalars of NumPy {@link
   * NumpyArray}; all else that may be there is an {@link Other}.
   *
   * @throws JobException when it is damaged or names a function it does not need
   */
  static Object load(String file, InputStream in) throws IOException {
    BatchUnpickler unpickler = new BatchUnpickler(file, in);
    Object root;
    try {
      root = unpickler.run();
    } catch (JobException refused) {
      throw refused;
    } catch (RuntimeException malformed) {
      // Nonsense shows in many ways: casts, empty stacks, numbers out of range.
      throw JobException.data(
          ("Cannot read %s: found a malformed pickle at byte offset %d (%.200s),"
                  + " expected a CIFAR-10 batch. Get a fresh copy of the file.")
              .formatted(file, unpickler.input.position(), malformed.getMessage()),
          malformed);
    }
    if (!unpickler.input.isAtEnd()) {
      throw JobException.data(
          ("Cannot read %s: found more data after the pickle's end at byte offset %d,"
                  + " expected none. Get a fresh copy of the file.")
              .formatted(file, unpickler.input.position()));
    }
    return root;
  }

  /** A Python text, {@code str} or {@code bytes}, as it is. */
  static String text(Object value) {
    return value instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.ISO_8859_1)
        : (String) value;
  }

  private Object run() throws IOException {
    for (int step = 0; step < STEPS_MAXIMUM; step++) {
      int opcode = input.read();
      if (opcode == '.') {
        return pop();
      }
      execute(opcode);
    }
    throw JobException.data(
        ("Cannot read %s: found a pickle of more than %,d steps, expected a CIFAR-10 batch, its images in"
                + " one NumPy array. Save it again so.")
            .formatted(file, STEPS_MAXIMUM));
  }

  private void execute(int opcode) throws IOException {
    switch (opcode) {
      case 0x80 -> requireProtocol(input.read()); // PROTO
      case 0x95 -> input.number(8); // FRAME
      case '(' -> marks.add(stack.size());
      case '0' -> drop();
      case '1' -> popToMark();
      case '2' -> push(peek());
      case 'N' -> push(null);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'I', 'L' -> push(input.decimal());
      case 'F' -> push(Double.valueOf(input.line()));
      case 'G' -> push(ByteBuffer.wrap(input.bytes(8)).getDouble()); // BINFLOAT
      case 'K' -> push((int) input.number(1));
      case 'M' -> push((int) input.number(2));
      case 'J' -> push((int) input.number(4));
      case 0x8a -> push(input.signed(input.number(1))); // LONG1
      case 0x8b -> push(input.signed(input.number(4))); // LONG4
      case 'S' -> push(input.quoted());
      case 'V' -> push(input.rawUnicode());
      case 'U', 'C' -> push(input.bytes(input.number(1)));
      case 'T', 'B' -> push(input.bytes(input.number(4)));
      case 0x8e, 0x96 -> push(input.bytes(input.number(8))); // BINBYTES8, BYTEARRAY8
      case 0x8c -> push(input.utf8(input.number(1)));
      case 'X' -> push(input.utf8(input.number(4)));
      case 0x8d -> push(input.utf8(input.number(8)));
      case 0x98 -> peek(); // READONLY_BUFFER
      case ']' -> push(new ArrayList<>());
      case 'l' -> push(popToMark());
      case 'a' -> append(pop());
      case 'e' -> popToMark().forEach(this::append);
      case ')' -> push(new Object[0]);
      case 't' -> push(popToMark().toArray());
      case 0x85 -> push(tuple(1));
      case 0x86 -> push(tuple(2));
      case 0x87 -> push(tuple(3));
      case '}' -> push(new Dictionary());
      case 'd' -> {
        List<Object> items = popToMark();
        push(new Dictionary());
        putAll(items);
      }
      case 's' -> {
        Object value = pop();
        put(pop(), value);
      }
      case 'u' -> putAll(popToMark());
      case 0x8f -> push(new Other("set")); // EMPTY_SET
      case 0x90 -> popToMark(); // ADDITEMS
      case 0x91 -> { // FROZENSET
        popToMark();
        push(new Other("frozenset"));
      }
      case 'p' -> memo.put(Integer.valueOf(input.line()), peek());
      case 'q' -> memo.put((int) input.number(1), peek());
      case 'r' -> memo.put((int) input.number(4), peek());
      case 0x94 -> memo.put(memo.size(), peek()); // MEMOIZE
      case 'g' -> push(remembered(Integer.parseInt(input.line())));
      case 'h' -> push(remembered((int) input.number(1)));
      case 'j' -> push(remembered((int) input.number(4)));
      case 'c' -> {
        String module = input.line();
        push(resolve(module, input.line()));
      }
      case 0x93 -> { // STACK_GLOBAL
        Object name = pop();
        push(resolve(text(pop()), text(name)));
      }
      case 'i' -> { // INST
        String module = input.line();
        Global type = resolve(module, input.line());
        push(type.call().with(popToMark().toArray()));
      }
      case 'o' -> { // OBJ
        List<Object> items = popToMark();
        push(called(items.get(0), items.subList(1, items.size()).toArray()));
      }
      case 'R', 0x81 -> { // REDUCE, NEWOBJ
        Object arguments = pop();
        push(called(pop(), (Object[]) arguments));
      }
      case 0x92 -> { // NEWOBJ_EX
        pop();
        Object arguments = pop();
        push(called(pop(), (Object[]) arguments));
      }
      case 'b' -> build(pop());
      case 0x82, 0x83, 0x84 -> throw refused("an extension code");
      case 'P', 'Q' -> throw refused("a persistent id");
      case 0x97 -> throw refused("a buffer outside of it");
      default -> throw new IllegalArgumentException("opcode " + opcode);
    }
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object pop() {
    peek();
    return stack.remove(stack.size() - 1);
  }

  private Object peek() {
    if (stack.size() <= (marks.isEmpty() ? 0 : marks.get(marks.size() - 1))) {
      throw new IllegalArgumentException("an empty stack");
    }
    return stack.get(stack.size() - 1);
  }

  /** POP takes a mark, too. */
  private void drop() {
    if (!marks.isEmpty() && marks.get(marks.size() - 1) == stack.size()) {
      marks.remove(marks.size() - 1);
    } else {
      pop();
    }
  }

  private List<Object> popToMark() {
    if (marks.isEmpty()) {
      throw new IllegalArgumentException("no mark");
    }
    List<Object> top = stack.subList(marks.remove(marks.size() - 1), stack.size());
    List<Object> items = new ArrayList<>(top);
    top.clear();
    return items;
  }

  private Object[] tuple(int length) {
    Object[] tuple = new Object[length];
    for (int i = length - 1; i >= 0; i--) {
      tuple[i] = pop();
    }
    return tuple;
  }

  @SuppressWarnings("unchecked") // every list here is one of ours, of objects
  private void append(Object value) {
    if (!(peek() instanceof Other)) { // such as a deque
      ((List<Object>) peek()).add(value);
    }
  }

  private void put(Object key, Object value) {
    if (!(peek() instanceof Other)) { // such as a counter
      ((Dictionary) peek()).put(key, value);
    }
  }

  private void putAll(List<Object> items) {
    for (int i = 0; i < items.size(); i += 2) {
      put(items.get(i), items.get(i + 1));
    }
  }

  private Object remembered(int number) {
    if (!memo.containsKey(number)) {
      throw new IllegalArgumentException("no memo " + number);
    }
    return memo.get(number);
  }

  private static Object called(Object function, Object[] arguments) {
    return ((Global) function).call().with(arguments);
  }

  private void build(Object state) {
    Object target = peek();
    if (target instanceof NumpyArray array) {
      array.setState((Object[]) state);
    } else if (target instanceof NumpyArray.Type type) {
      type.setState((Object[]) state);
    } else if (!(target instanceof Other || target instanceof Dictionary)) {
      throw new IllegalArgumentException("a state without an array");
    }
  }

  private Global resolve(String module, String name) {
    if (module.length() > NAME_MAXIMUM || name.length() > NAME_MAXIMUM) {
      throw refused("something of a very long name");
    }
    // NumPy 2 renamed numpy.core to numpy._core, Python 3 the modules of Python 2.
    String global =
        module
                .replaceFirst("^numpy\\._core\\b", "numpy.core")
                .replaceFirst("^__builtin__$", "builtins")
                .replaceFirst("^copy_reg$", "copyreg")
                .replaceFirst("^pathlib\\._local$", "pathlib")
            + "."
            + name;
    String named = module + "." + name;
    Call call =
        switch (global) {
          case "numpy.core.multiarray._reconstruct" -> arguments -> new NumpyArray();
          case "numpy.core.numeric._frombuffer" -> NumpyArray::fromBuffer;
          case "numpy.core.multiarray.scalar" -> NumpyArray::scalar;
          case "numpy.dtype" -> arguments -> new NumpyArray.Type(text(arguments[0]));
          case "array.array" -> NumpyArray::fromList;
          case "array._array_reconstructor" -> NumpyArray::fromArrayModule;
          case "_codecs.encode" -> this::encode;
          case "builtins.bytes", "builtins.bytearray" -> this::bytes;
          case "collections.OrderedDict" -> BatchUnpickler::dictionary;
          case "collections.defaultdict" -> arguments -> new Dictionary();
          default -> {
            if (!HARMLESS.contains(global)) {
              throw HOSTILE.matcher(global).matches() ? hostile(named) : refused(named);
            }
            yield arguments -> new Other(named);
          }
        };
    return new Global(named, call);
  }

  private JobException hostile(String global) {
    return JobException.data(
        ("Cannot read %s: found a pickle that names %.100s, expected only what a CIFAR-10 batch needs."
                + " Do not trust this file.")
            .formatted(file, global));
  }

  private JobException refused(String global) {
    return JobException.data(
        ("Cannot read %s: found a pickle that names %.100s, expected only numbers, text, lists,"
                + " dictionaries and NumPy arrays. Nothing was called; save the batch again with these"
                + " alone, or take the official one.")
            .formatted(file, global));
  }

  /** How Python 3 writes bytes in protocols 0 to 2: as text, to be encoded in Latin-1. */
  private byte[] encode(Object[] arguments) {
    String encoding = text(arguments[1]);
    if (!encoding.equals("latin1") && !encoding.equals("latin-1")) {
      throw new IllegalArgumentException("bytes as text in encoding " + encoding);
    }
    String text = (String) arguments[0];
    encodedBytes += text.length();
    if (encodedBytes > PickleInput.BYTES_MAXIMUM) { // the same text may be encoded again and again
      throw input.tooLong();
    }
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private byte[] bytes(Object[] arguments) {
    if (arguments.length == 0) {
      return new byte[0];
    }
    return arguments[0] instanceof byte[] bytes ? bytes : encode(arguments);
  }

  private static Dictionary dictionary(Object[] arguments) {
    Dictionary dictionary = new Dictionary();
    if (arguments.length > 0) { // Python 2 writes a list of pairs
      for (Object pair : (List<?>) arguments[0]) {
        List<?> items = pair instanceof Object[] tuple ? Arrays.asList(tuple) : (List<?>) pair;
        dictionary.put(items.get(0), items.get(1));
      }
    }
    return dictionary;
  }

  private static void requireProtocol(int protocol) {
    if (protocol > PROTOCOL_MAXIMUM) {
      throw new IllegalArgumentException("protocol " + protocol);
    }
  }
}
