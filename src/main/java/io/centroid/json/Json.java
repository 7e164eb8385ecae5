package io.centroid.json;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.Module;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedMember;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.centroid.data.Choice;
import java.io.IOException;
import java.util.Arrays;
import org.apache.commons.lang3.ClassUtils;
import org.apache.commons.lang3.StringUtils;

/**
 * Records as indented JSON: keys in the order of the components, enum constants as they are written
 * in settings ({@link Choice}).
 */
public final class Json {
  private static final int LONGEST_PROBLEM = 200;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .annotationIntrospector(
              AnnotationIntrospector.pair(new Completeness(), new JacksonAnnotationIntrospector()))
          .addModule(choices())
          .build();

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
   * Reads a value from JSON, from anybody: each component of a record must be there, once, but for
   * those that {@link MayLack may lack}, and no other.
   *
   * @throws JsonProcessingException when the text is not JSON of this type, or more than that
   */
  public static <T> T read(String json, Class<T> type) throws JsonProcessingException {
    T value = MAPPER.readValue(json, type);
    if (value == null || (value instanceof Object[] all && Arrays.asList(all).contains(null))) {
      throw new JsonMappingException(null, "null");
    }
    return value;
  }

  /** What is wrong with a text, in one line, without the text. */
  public static String problem(JsonProcessingException failure) {
    String said =
        failure.getCause() instanceof IllegalArgumentException refused
            ? refused.getMessage()
            : failure.getOriginalMessage();
    return StringUtils.abbreviate(
        String.valueOf(said).lines().findFirst().orElse(""), LONGEST_PROBLEM);
  }

  /** Whether a text is JSON of a type. */
  public static boolean isOf(Class<?> type, String json) {
    try {
      return read(json, type) != null;
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

  /** What a record must have. */
  private static final class Completeness extends NopAnnotationIntrospector {
    @Override
    public Boolean hasRequiredMarker(AnnotatedMember member) {
      return isNeeded(member) ? true : null;
    }

    @Override
    public JsonSetter.Value findSetterInfo(Annotated component) {
      return component instanceof AnnotatedMember member && isNeeded(member)
          ? JsonSetter.Value.construct(Nulls.FAIL, Nulls.FAIL)
          : JsonSetter.Value.empty();
    }

    private static boolean isNeeded(AnnotatedMember member) {
      return member.getDeclaringClass().isRecord()
          && !member.hasAnnotation(MayLack.class)
          && !ClassUtils.isPrimitiveWrapper(member.getRawType());
    }
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
                  new JsonMappingException(parser, name + " instead of " + Choice.names(choices)));
    }
  }
}
