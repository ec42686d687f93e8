package io.knit.gotemplate.value;

import io.knit.gotemplate.bound.GoFault;
import java.util.AbstractList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/** A part of a list. As in Go it can be cut anew to more than it shows: up to the list's end, or where it was limited to. */
public final class GoList extends AbstractList<@Nullable Object> implements RandomAccess {
    private final List<?> all;
    private final int from;
    private final int to;
    private final int most;

    private GoList(List<?> all, int from, int to, int most) {
        this.all = all;
        this.from = from;
        this.to = to;
        this.most = most;
    }

    /** How far a list can be cut. */
    public static int reach(List<?> list) {
        return list instanceof GoList part ? part.most - part.from : list.size();
    }

    /** @param most as far as the result can be cut */
    public static GoList cut(List<?> list, int from, int to, int most) {
        if (from < 0 || from > to || to > most || most > reach(list)) {
            throw new GoFault("slice is out of range: elements of the list are counted from 0");
        }
        return list instanceof GoList part
                ? new GoList(part.all, part.from + from, part.from + to, part.from + most)
                : new GoList(list, from, to, most);
    }

    @Override
    public @Nullable Object get(int index) {
        return all.get(from + Objects.checkIndex(index, size()));
    }

    @Override
    public int size() {
        return to - from;
    }
}
