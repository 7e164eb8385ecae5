package io.centroid.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.RecordComponent;
import java.util.List;

/**
 * Records as comma-separated values (RFC 4180, but lines end in \n): a header, and a line for each
 * record. The columns are the components in their order; those that are lists are left out, and
 * what is null is empty.
 */
public final class Csv {
  private static final CsvMapper MAPPER =
      CsvMapper.csvBuilder()
          .withConfigOverride(List.class, lists -> lists.setIsIgnoredType(true))
          .enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING)
          .enable(CsvParser.Feature.FAIL_ON_MISSING_COLUMNS)
          .enable(CsvParser.Feature.FAIL_ON_MISSING_HEADER_COLUMNS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .addModule(Json.choices())
          .build();

  private Csv() {}

  /** The records as text. */
  public static <T extends Record> String write(Class<T> type, List<T> records) {
    StringWriter text = new StringWriter();
    try (SequenceWriter writer = MAPPER.writer(columns(type)).writeValues(text)) {
      writer.writeAll(records);
    } catch (IOException e) {
      throw new IllegalStateException("Every record of ours can be written as CSV", e);
    }
    return text.toString();
  }

  /** Texts as one line, without its end. */
  public static String line(List<String> texts) {
    try {
      return MAPPER.writeValueAsString(texts.toArray()).stripTrailing();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Texts can be written as CSV", e);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws JsonProcessingException when the text is none of this type; it has the line's number
   */
  public static <T extends Record> List<T> read(Class<T> type, String text)
      throws JsonProcessingException {
    try (MappingIterator<T> rows = MAPPER.readerFor(type).with(columns(type)).readValues(text)) {
      return rows.readAll();
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("A text can be read", e);
    }
  }

  private static CsvSchema columns(Class<?> type) {
    CsvSchema.Builder columns = CsvSchema.builder().setUseHeader(true).setStrictHeaders(true);
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.getType() != List.class) {
        columns.addColumn(component.getName());
      }
    }
    return columns.build();
  }
}
