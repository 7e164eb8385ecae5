package io.centroid.launch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One resource of Kubernetes' own in a manifest: a YAML document that is read into the type of its
 * {@code apiVersion} and {@code kind} without forgiveness. Unknown fields, and texts where numbers
 * are due or numbers where texts are, cannot be read.
 *
 * @param source file and kind, for messages
 * @param tree the document
 */
record Manifest(String source, JsonNode tree) {
  private static final Map<String, Class<?>> TYPES =
      Map.of(
          "v1/Namespace", Namespace.class,
          "v1/PersistentVolumeClaim", PersistentVolumeClaim.class,
          "v1/ServiceAccount", ServiceAccount.class,
          "rbac.authorization.k8s.io/v1/Role", Role.class,
          "rbac.authorization.k8s.io/v1/RoleBinding", RoleBinding.class,
          "batch/v1/CronJob", CronJob.class);

  private static final YAMLMapper MAPPER = mapper();

  /** The resources in a YAML file. */
  static List<Manifest> in(Path file) throws IOException {
    List<Manifest> manifests = new ArrayList<>();
    try (var documents = MAPPER.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
      while (documents.hasNext()) {
        JsonNode tree = documents.next();
        manifests.add(new Manifest(file.getFileName() + " " + tree.path("kind").asText(), tree));
      }
    }
    return manifests;
  }

  /**
   * The document as the type of its kind.
   *
   * @throws JsonProcessingException when it does not fit; the message has the path of the field
   */
  Object read() throws JsonProcessingException {
    String type = tree.path("apiVersion").asText() + "/" + tree.path("kind").asText();
    return MAPPER.treeToValue(
        tree,
        Optional.ofNullable(TYPES.get(type))
            .orElseThrow(() -> new IllegalArgumentException(source + ": unknown type " + type)));
  }

  @Override
  public String toString() {
    return source;
  }

  private static YAMLMapper mapper() {
    YAMLMapper mapper =
        YAMLMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
            .annotationIntrospector(new NothingElse())
            .build();
    for (CoercionInputShape shape :
        List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)) {
      mapper.coercionConfigFor(LogicalType.Textual).setCoercion(shape, CoercionAction.Fail);
    }
    return mapper;
  }

  /** Kubernetes' types collect the fields they do not know; here those are errors. */
  private static final class NothingElse extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public Boolean hasAnySetter(Annotated annotated) {
      return false;
    }
  }
}
