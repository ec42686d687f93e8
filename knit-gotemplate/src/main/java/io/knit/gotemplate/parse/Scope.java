package io.knit.gotemplate.parse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which variables there are, each as often as it was declared. */
final class Scope {
    private final List<String> declared = new ArrayList<>();
    private final Map<String, Integer> counts = new HashMap<>();

    Scope() {
        add("$");
    }

    int mark() {
        return declared.size();
    }

    void backTo(int mark) {
        List<String> gone = declared.subList(mark, declared.size());
        gone.forEach(name -> counts.merge(name, -1, Integer::sum));
        gone.clear();
    }

    void add(String name) {
        declared.add(name);
        counts.merge(name, 1, Integer::sum);
    }

    boolean contains(String name) {
        return counts.getOrDefault(name, 0) > 0;
    }
}
