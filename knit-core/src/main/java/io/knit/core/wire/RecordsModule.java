package io.knit.core.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.ValueInstantiators;
import com.fasterxml.jackson.databind.deser.impl.PropertyValueBuffer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Records get their {@link Defaults} where a text says nothing, and are written without those that need not be said. */
final class RecordsModule extends SimpleModule {
    private static final long serialVersionUID = 1L;

    @Override
    public void setupModule(SetupContext context) {
        super.setupModule(context);
        context.addValueInstantiators(new Reading());
        context.addBeanSerializerModifier(new Writing());
        context.addBeanDeserializerModifier(new Listed());
    }

    /** Whether one in a list that can't be read costs itself alone. */
    static boolean isReadOneByOne(Class<?> type) {
        return type == Assignment.class || Listed.SKIPPED.contains(type);
    }

    /** What stands in a list of which one that can't be read must not cost the others. */
    private static final class Listed extends BeanDeserializerModifier {
        private static final long serialVersionUID = 1L;
        private static final List<Class<?>> SKIPPED =
                List.of(InstanceStatus.class, NamedDeployment.class, NamedInstance.class);

        @Override
        public JsonDeserializer<?> modifyDeserializer(
                DeserializationConfig config, BeanDescription described, JsonDeserializer<?> usual) {
            if (described.getBeanClass() == Assignment.class) {
                return OneByOne.assignments(usual);
            }
            return SKIPPED.stream()
                    .filter(type -> described.getBeanClass() == type)
                    .findFirst()
                    .<JsonDeserializer<?>>map(type -> OneByOne.skipping(type, usual))
                    .orElse(usual);
        }
    }

    /** A field is not there, and nothing can stand for it. */
    static final class MissingField extends JsonMappingException {
        private static final long serialVersionUID = 1L;

        MissingField(DeserializationContext context) {
            super(context.getParser(), "is missing");
        }
    }

    private static final class Reading extends ValueInstantiators.Base {
        @Override
        public ValueInstantiator findValueInstantiator(
                DeserializationConfig config, BeanDescription described, ValueInstantiator usual) {
            return described.getBeanClass().isRecord()
                    ? new Filling(usual, described.getBeanClass().getRecordComponents())
                    : usual;
        }
    }

    private static final class Filling extends ValueInstantiator.Delegating {
        private static final long serialVersionUID = 1L;

        private final transient RecordComponent[] fields;
        private final boolean[] nullable;
        /** By field, once it was missing: a spec's are made by its builder, and a store holds thousands of specs. */
        private final transient @Nullable Object[] known;

        Filling(ValueInstantiator usual, RecordComponent[] fields) {
            super(usual);
            this.fields = fields;
            this.nullable = new boolean[fields.length];
            this.known = new Object[fields.length];
            for (int i = 0; i < fields.length; i++) {
                nullable[i] = Defaults.isNullable(fields[i]);
            }
        }

        @Override
        public ValueInstantiator createContextual(DeserializationContext context, BeanDescription described)
                throws JsonMappingException {
            return new Filling(delegate().createContextual(context, described), fields);
        }

        @Override
        public Object createFromObjectWith(
                DeserializationContext context, SettableBeanProperty[] properties, PropertyValueBuffer buffer)
                throws IOException {
            for (SettableBeanProperty property : properties) {
                if (!buffer.hasParameter(property)) {
                    buffer.assignParameter(property, null);
                }
            }
            @Nullable Object[] read = buffer.getParameters(properties);
            for (int i = 0; i < read.length; i++) {
                if (read[i] == null && !nullable[i]) {
                    read[i] = filled(context, properties[i], i, read);
                }
            }
            return delegate().createFromObjectWith(context, read);
        }

        private Object filled(
                DeserializationContext context, SettableBeanProperty property, int index, @Nullable Object[] read)
                throws MissingField {
            RecordComponent field = fields[index];
            Object value = known[index];
            if (value == null && !property.isRequired()) {
                value = Defaults.of(field, read);
                known[index] = Defaults.isAlwaysTheSame(field) ? value : null;
            }
            if (value != null) {
                return value;
            }
            MissingField missing = new MissingField(context);
            missing.prependPath(field.getDeclaringRecord(), property.getName());
            throw missing;
        }
    }

    private static final class Writing extends BeanSerializerModifier {
        private static final long serialVersionUID = 1L;

        @Override
        public List<BeanPropertyWriter> changeProperties(
                SerializationConfig config, BeanDescription described, List<BeanPropertyWriter> properties) {
            if (!described.getBeanClass().isRecord()) {
                return properties;
            }
            Map<String, RecordComponent> fields = Arrays.stream(
                            described.getBeanClass().getRecordComponents())
                    .collect(Collectors.toMap(RecordComponent::getName, Function.identity()));
            properties.removeIf(property -> {
                RecordComponent field = fields.get(property.getMember().getName());
                return field != null && Defaults.isKeptApart(field);
            });
            properties.replaceAll(property -> {
                RecordComponent field = fields.get(property.getMember().getName());
                return field != null && Defaults.isLeftOut(field)
                        ? new LeftOut(property, Defaults.of(field))
                        : property;
            });
            return properties;
        }
    }

    private static final class LeftOut extends BeanPropertyWriter {
        private static final long serialVersionUID = 1L;

        private final transient @Nullable Object unsaid;

        LeftOut(BeanPropertyWriter usual, @Nullable Object unsaid) {
            super(usual);
            this.unsaid = unsaid;
        }

        @Override
        public void serializeAsField(Object bean, JsonGenerator out, SerializerProvider provider) throws Exception {
            Object value = get(bean);
            if (value != null && !value.equals(unsaid)) {
                super.serializeAsField(bean, out, provider);
            }
        }
    }
}
