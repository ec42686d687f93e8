package io.knit.gotemplate.format;

import io.knit.gotemplate.bound.CostMeter;
import java.util.function.IntConsumer;

/** What is written, as long as the meter lets it be: it is asked before there is more. Each character is counted. */
public final class Out {
    private final StringBuilder text = new StringBuilder();
    private final CostMeter meter;
    private final IntConsumer length;

    private Out(CostMeter meter, IntConsumer length) {
        this.meter = meter;
        this.length = length;
    }

    /** For all that a template becomes. */
    public static Out output(CostMeter meter) {
        return new Out(meter, meter::output);
    }

    /** For one value. */
    public static Out value(CostMeter meter) {
        return new Out(meter, meter::text);
    }

    public Out add(CharSequence words) {
        meter.spend(words.length());
        length.accept(text.length() + words.length());
        text.append(words);
        return this;
    }

    public Out add(char sign) {
        return add(String.valueOf(sign));
    }

    CostMeter meter() {
        return meter;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
