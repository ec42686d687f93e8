package io.knit.core.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.ResolvableDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Resources;
import java.io.IOException;

/**
 * Fields of a spec that came after 0.1.0. What is the default is not written, so that hashes of older specs stay what they are, and
 * what is missing is the default, so that older stores and servers are read.
 */
final class LaterFieldsModule extends SimpleModule {
    private static final long serialVersionUID = 1L;

    LaterFieldsModule() {
        setMixInAnnotation(DeploymentSpec.class, Written.class);
        setDeserializerModifier(new Defaults());
    }

    /** When each is written. */
    private interface Written {
        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = True.class)
        boolean init();

        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = True.class)
        boolean noNewPrivileges();

        @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = DefaultResources.class)
        Resources resources();
    }

    /** Jackson leaves out what its filter equals. */
    @SuppressWarnings("EqualsUnsafeCast")
    private static final class True {
        @Override
        public boolean equals(Object value) {
            return Boolean.TRUE.equals(value);
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    private static final class DefaultResources {
        @Override
        public boolean equals(Object value) {
            return Resources.DEFAULT.equals(value);
        }

        @Override
        public int hashCode() {
            return 1;
        }
    }

    private static final class Defaults extends BeanDeserializerModifier {
        private static final long serialVersionUID = 1L;

        @Override
        public JsonDeserializer<?> modifyDeserializer(
                DeserializationConfig config, BeanDescription described, JsonDeserializer<?> usual) {
            if (described.getBeanClass() == Assignment.class) {
                return OneByOne.assignments(usual);
            }
            if (described.getBeanClass() == InstanceStatus.class) {
                return OneByOne.skipping(InstanceStatus.class, usual);
            }
            return described.getBeanClass() == DeploymentSpec.class ? new Reader(usual) : usual;
        }
    }

    private static final class Reader extends StdDeserializer<DeploymentSpec> implements ResolvableDeserializer {
        private static final long serialVersionUID = 1L;

        private final transient JsonDeserializer<?> usual;

        Reader(JsonDeserializer<?> usual) {
            super(DeploymentSpec.class);
            this.usual = usual;
        }

        @Override
        public void resolve(DeserializationContext context) throws JsonMappingException {
            ((ResolvableDeserializer) usual).resolve(context);
        }

        @Override
        public DeploymentSpec deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            JsonNode read = context.readTree(parser);
            if (read instanceof ObjectNode tree) {
                fill(tree, "init", BooleanNode.TRUE);
                fill(tree, "no_new_privileges", BooleanNode.TRUE);
                fill(tree, "resources", tree.objectNode().put("pids", Resources.DEFAULT_PIDS));
            }
            try (JsonParser whole = read.traverse(parser.getCodec())) {
                whole.nextToken();
                return (DeploymentSpec) usual.deserialize(whole, context);
            }
        }

        private static void fill(ObjectNode tree, String field, JsonNode value) {
            if (!tree.hasNonNull(field)) {
                tree.set(field, value);
            }
        }
    }
}
