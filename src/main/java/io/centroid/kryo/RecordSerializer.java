package io.centroid.kryo;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;

/**
 * Serializes a record by its components, through its canonical constructor: the Kryo of Spark 3
 * knows no records, and the JVM lets nobody set a record's fields. Records that cross the wire in
 * sessions of others, where nobody registers them, are annotated with it.
 */
public final class RecordSerializer<T extends Record> extends Serializer<T> {
  private final RecordComponent[] components;
  private final Constructor<T> constructor;

  /** As Kryo makes the serializers that classes are annotated with. */
  public RecordSerializer(Kryo kryo, Class<T> type) {
    this(type);
  }

  private RecordSerializer(Class<T> type) {
    super(false, true);
    components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      for (RecordComponent component : components) {
        component.getAccessor().setAccessible(true);
      }
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("Every record has a canonical constructor", e);
    }
  }

  /** Registers a record class. */
  public static <T extends Record> void register(Kryo kryo, Class<T> type) {
    kryo.register(type, new RecordSerializer<>(type));
  }

  @Override
  public void write(Kryo kryo, Output output, T value) {
    try {
      for (RecordComponent component : components) {
        kryo.writeClassAndObject(output, component.getAccessor().invoke(value));
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot write " + value.getClass().getName(), e);
    }
  }

  @Override
  public T read(Kryo kryo, Input input, Class<T> type) {
    Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = kryo.readClassAndObject(input);
    }
    try {
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Cannot read " + type.getName(), e);
    }
  }
}
