package io.knit.gotemplate.format;

import io.knit.gotemplate.bound.CostMeter;
import io.knit.gotemplate.bound.GoFault;

/** What is written, up to a length: it ends as soon as it would be longer. Each character is counted. */
public final class Out {
    private final StringBuilder text = new StringBuilder();
    private final CostMeter meter;
    private final int most;
    private final String what;

    private Out(CostMeter meter, int most, String what) {
        this.meter = meter;
        this.most = most;
        this.what = what;
    }

    /** For all that a template becomes. */
    public static Out output(CostMeter meter) {
        return new Out(meter, meter.mostOutput(), "its output");
    }

    /** For one value. */
    public static Out value(CostMeter meter) {
        return new Out(meter, meter.mostWeight(), "a value");
    }

    public Out add(CharSequence words) {
        meter.spend(words.length());
        if (text.length() + words.length() > most) {
            throw new GoFault(what + " is larger than " + most + " characters");
        }
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
