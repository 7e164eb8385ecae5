package io.centroid.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.centroid.data.Choice;
import java.io.IOException;

/**
 * Records as indented JSON: keys in the order of the components, enum constants as they are written
 * in settings ({@link Choice}).
 */
public final class Json {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).registerModule(choices());

  private Json() {}

  /** A value as JSON, ending in a line break. */
  public static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Every record of ours can be written as JSON", e);
    }
  }

  /** A value as maps, lists, numbers and texts. */
  public static Object tree(Object value) {
    return MAPPER.convertValue(value, Object.class);
  }

  /**
   * Reads a value from JSON.
   *
   * @throws JsonProcessingException when the text is not JSON of this type
   */
  public static <T> T read(String json, Class<T> type) throws JsonProcessingException {
    return MAPPER.readValue(json, type);
  }

  /** Whether a text is JSON of a type. */
  public static boolean isOf(Class<?> type, String json) {
    try {
      return MAPPER.readValue(json, type) != null;
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /** How enum constants are written and read. */
  static Module choices() {
    return new SimpleModule()
        .addSerializer(new ChoiceSerializer())
        .setDeserializerModifier(new ChoiceDeserializers());
  }

  @SuppressWarnings("rawtypes") // Jackson asks for the raw Enum
  private static final class ChoiceSerializer extends StdSerializer<Enum> {
    ChoiceSerializer() {
      super(Enum.class);
    }

    @Override
    public void serialize(Enum value, JsonGenerator generator, SerializerProvider provider)
        throws IOException {
      generator.writeString(Choice.name(value));
    }
  }

  private static final class ChoiceDeserializers extends BeanDeserializerModifier {
    @Override
    public JsonDeserializer<?> modifyEnumDeserializer(
        DeserializationConfig config,
        JavaType type,
        BeanDescription description,
        JsonDeserializer<?> deserializer) {
      return new JsonDeserializer<Object>() {
        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context)
            throws IOException {
          return parse(type.getRawClass(), parser.getText(), parser);
        }
      };
    }

    @SuppressWarnings("unchecked") // Jackson calls it for enums only
    private static <E extends Enum<E>> E parse(Class<?> type, String name, JsonParser parser)
        throws IOException {
      Class<E> choices = (Class<E>) type;
      return Choice.parse(choices, name)
          .orElseThrow(
              () ->
                  new JsonMappingException(
                      parser, "found " + name + ", expected " + Choice.names(choices)));
    }
  }
}
