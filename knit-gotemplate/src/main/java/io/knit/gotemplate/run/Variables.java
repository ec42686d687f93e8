package io.knit.gotemplate.run;

import io.knit.gotemplate.bound.CostMeter;
import io.knit.gotemplate.bound.GoFault;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Variables of one template, the newest of a name first. */
final class Variables {
    private final CostMeter meter;
    private final List<String> names = new ArrayList<>();
    private final List<@Nullable Object> values = new ArrayList<>();

    /** @param meter pays for those that are looked at before the one that is meant */
    Variables(CostMeter meter) {
        this.meter = meter;
    }

    int mark() {
        return names.size();
    }

    void backTo(int mark) {
        names.subList(mark, names.size()).clear();
        values.subList(mark, values.size()).clear();
    }

    void declare(String name, @Nullable Object value) {
        names.add(name);
        values.add(value);
    }

    void assign(String name, @Nullable Object value) {
        values.set(place(name), value);
    }

    /** Of the one that is so many before the newest. */
    void assignFromTop(int before, @Nullable Object value) {
        values.set(values.size() - before, value);
    }

    @Nullable
    Object get(String name) {
        return values.get(place(name));
    }

    private int place(String name) {
        int place = names.lastIndexOf(name);
        if (place < 0) {
            throw new GoFault("there is no variable " + name + " yet");
        }
        meter.spend(names.size() - place);
        return place;
    }
}
