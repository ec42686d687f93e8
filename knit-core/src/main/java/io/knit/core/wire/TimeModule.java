package io.knit.core.wire;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import io.knit.api.spi.Durations;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/** Instants as milliseconds since the epoch, durations as people write them. */
final class TimeModule extends SimpleModule {
    private static final long serialVersionUID = 1L;

    TimeModule() {
        addSerializer(new InstantWriter());
        addDeserializer(Instant.class, new InstantReader());
        addSerializer(new DurationWriter());
        addDeserializer(Duration.class, new DurationReader());
    }

    private static final class InstantWriter extends StdScalarSerializer<Instant> {
        private static final long serialVersionUID = 1L;

        InstantWriter() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeNumber(value.toEpochMilli());
        }
    }

    private static final class InstantReader extends StdScalarDeserializer<Instant> {
        private static final long serialVersionUID = 1L;

        InstantReader() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser in, DeserializationContext context) throws IOException {
            return Instant.ofEpochMilli(in.getLongValue());
        }
    }

    private static final class DurationWriter extends StdScalarSerializer<Duration> {
        private static final long serialVersionUID = 1L;

        DurationWriter() {
            super(Duration.class);
        }

        @Override
        public void serialize(Duration value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(Durations.text(value));
        }
    }

    private static final class DurationReader extends StdScalarDeserializer<Duration> {
        private static final long serialVersionUID = 1L;

        DurationReader() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser in, DeserializationContext context) throws IOException {
            String text = in.getValueAsString();
            Duration duration = text == null ? null : Durations.of(text).orElse(null);
            return duration != null
                    ? duration
                    : (Duration) context.handleWeirdStringValue(Duration.class, "", "is no duration");
        }
    }
}
