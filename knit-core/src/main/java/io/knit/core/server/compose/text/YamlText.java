package io.knit.core.server.compose.text;

import io.knit.core.server.compose.text.Part.Writing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * A YAML document to a tree of {@link Part}s: anchors resolved, merge keys merged, variables put in. What a file may cost is bounded: its
 * length, its depth, and how many parts it has, and how long they are, once every alias is written out.
 */
public final class YamlText {
    private static final int MOST_CHARACTERS = 1 << 20;
    private static final int MOST_DEPTH = 32;
    private static final int MOST_ALIASES = 500;
    private static final int MOST_PARTS = 50_000;
    private static final String MERGE = "<<";
    private static final Set<String> EMPTY = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<Tag> KNOWN =
            Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.MAP, Tag.SEQ, Tag.MERGE, Tag.TIMESTAMP);

    private final String file;
    private final Interpolation variables;
    private final ComposeFindings findings;
    private Writing unquoted = Writing.PLAIN;
    private int parts;

    private YamlText(String file, Interpolation variables, ComposeFindings findings) {
        this.file = file;
        this.variables = variables;
        this.findings = findings;
    }

    /**
     * The document in a text.
     *
     * @param file its name, for findings
     * @return null if it can't be read; what is wrong is in the findings
     */
    public static @Nullable Part read(String file, String text, Interpolation variables, ComposeFindings findings) {
        return new YamlText(file, variables, findings).read(text);
    }

    /**
     * The keys at the top of a text's first document, of one that breaks off those before; none: it is no map. What it is for can be told by them,
     * however it is spelled: as JSON, indented, with a byte order mark.
     */
    public static Set<String> topKeys(String text) {
        return tops(text).keySet();
    }

    /** The value of a key at the top as it is written, before anything is put in; empty: there is none, or it is no text. */
    public static String topText(String text, String key) {
        return text.length() > MOST_CHARACTERS ? "" : tops(text).getOrDefault(key, "");
    }

    private static Map<String, String> tops(String text) {
        Map<String, String> tops = new LinkedHashMap<>();
        try {
            ParserImpl parser = new ParserImpl(new StreamReader(whole(text)), new LoaderOptions());
            ScalarEvent key = null;
            boolean isKey = false;
            int depth = 0;
            for (Event event = parser.getEvent(); !ends(event); event = parser.getEvent()) {
                if (event.is(Event.ID.MappingEnd) || event.is(Event.ID.SequenceEnd)) {
                    depth--;
                } else if (depth == 1) {
                    // they come in turns
                    isKey = !isKey;
                    ScalarEvent value = event instanceof ScalarEvent scalar ? scalar : null;
                    if (isKey) {
                        key = value;
                    }
                    if (key != null) {
                        tops.put(key.getValue(), isKey || value == null ? "" : value.getValue());
                    }
                }
                if (event instanceof CollectionStartEvent) {
                    if (depth == 0 && !event.is(Event.ID.MappingStart)) {
                        return Map.of();
                    }
                    depth++;
                }
            }
        } catch (YAMLException e) {
            // who reads the text says what is wrong with it
            return tops;
        }
        return tops;
    }

    private static boolean ends(Event event) {
        return event.is(Event.ID.DocumentEnd) || event.is(Event.ID.StreamEnd);
    }

    private @Nullable Part read(String text) {
        Spot start = new Spot(file, 1, 1);
        if (text.length() > MOST_CHARACTERS) {
            findings.refuse(
                    start, "the file has " + text.length() + " characters", "give " + MOST_CHARACTERS + " at most");
            return null;
        }
        try {
            Node root = composer(text).getSingleNode();
            if (root == null) {
                findings.refuse(start, "the file is empty", "write services: and what runs");
                return null;
            }
            unquoted = isJson(root) ? Writing.JSON : Writing.PLAIN;
            return part(root, 0);
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
            findings.refuse(
                    mark == null ? start : spot(mark),
                    "this is no YAML: " + words(e.getProblem()),
                    "mend the text here");
        } catch (YAMLException e) {
            findings.refuse(start, "this is no YAML that is taken: " + words(e.getMessage()), "write it out shorter");
        } catch (TooMuch e) {
            findings.refuse(e.at, e.words, "write it out shorter");
        }
        return null;
    }

    /** People who write braces seldom put each key into quotes, and programs always do. */
    private static boolean isJson(Node root) {
        return root instanceof MappingNode map
                && map.getFlowStyle() == DumperOptions.FlowStyle.FLOW
                && map.getValue().stream()
                        .allMatch(each -> each.getKeyNode() instanceof ScalarNode key
                                && key.getScalarStyle() == DumperOptions.ScalarStyle.DOUBLE_QUOTED);
    }

    private static Composer composer(String text) {
        LoaderOptions limits = new LoaderOptions();
        limits.setCodePointLimit(MOST_CHARACTERS);
        limits.setNestingDepthLimit(MOST_DEPTH);
        limits.setMaxAliasesForCollections(MOST_ALIASES);
        limits.setAllowRecursiveKeys(false);
        return new Composer(new ParserImpl(new StreamReader(whole(text)), limits), new Resolver(), limits);
    }

    private static String whole(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private static String words(@Nullable String problem) {
        String first = problem == null
                ? "it can't be read"
                : problem.lines().findFirst().orElse("it can't be read");
        String clean = first.replaceAll("\\p{Cntrl}", "\uFFFD");
        return clean.length() > 200 ? clean.substring(0, 200) + "…" : clean;
    }

    private Part part(Node node, int depth) {
        Spot at = spot(node.getStartMark());
        if (++parts > MOST_PARTS) {
            throw new TooMuch(at, "with every alias written out the file has more than " + MOST_PARTS + " parts");
        }
        if (depth > MOST_DEPTH) {
            throw new TooMuch(at, "the file is nested deeper than " + MOST_DEPTH + " levels, or an alias is in itself");
        }
        if (!KNOWN.contains(node.getTag())) {
            findings.refuse(
                    at,
                    "the tag " + words(node.getTag().getValue()) + " is not known",
                    "leave it out, for files are not merged with others here; or: " + ComposeFinding.AS_ONE);
        }
        if (node instanceof ScalarNode value) {
            boolean empty = value.isPlain() && EMPTY.contains(value.getValue());
            return empty
                    ? Part.nothing(at)
                    : Part.value(at, variables.in(value.getValue(), at), value.isPlain() ? unquoted : Writing.TEXT);
        } else if (node instanceof SequenceNode list) {
            List<Part> items = new ArrayList<>();
            list.getValue().forEach(each -> items.add(part(each, depth + 1)));
            return Part.list(at, items);
        }
        return map((MappingNode) node, at, depth);
    }

    private Part map(MappingNode node, Spot at, int depth) {
        Map<String, Part> members = new LinkedHashMap<>();
        Map<String, Spot> keys = new LinkedHashMap<>();
        List<Part> merged = new ArrayList<>();
        for (NodeTuple tuple : node.getValue()) {
            Spot keyAt = spot(tuple.getKeyNode().getStartMark());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                findings.refuse(keyAt, "a key is no word", "write a word before the colon");
                continue;
            }
            findings.spend(keyAt, key.getValue().length());
            Part value = part(tuple.getValueNode(), depth + 1);
            if (key.getValue().equals(MERGE) && key.isPlain()) {
                merged.addAll(merged(value));
            } else if (members.containsKey(key.getValue())) {
                findings.refuse(keyAt, words(key.getValue()) + " is given twice", "keep one of them");
            } else {
                members.put(key.getValue(), value);
                keys.put(key.getValue(), keyAt);
            }
        }
        // what stands here itself counts, then the first of what is merged in
        for (Part other : merged) {
            other.members().forEach((key, value) -> {
                if (members.putIfAbsent(key, value) == null) {
                    keys.put(key, other.spotOf(key));
                }
            });
        }
        return Part.map(at, members, keys);
    }

    private List<Part> merged(Part value) {
        List<Part> all = value.is(Part.Kind.LIST) ? value.items() : List.of(value);
        List<Part> maps = all.stream().filter(each -> each.is(Part.Kind.MAP)).toList();
        if (maps.size() < all.size()) {
            findings.refuse(
                    value.spot(), "<< merges maps, and this is " + value.kind().words(), "name a map's anchor");
        }
        return maps;
    }

    private Spot spot(Mark mark) {
        return new Spot(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** Ends the reading; no other part of it is looked at. */
    private static final class TooMuch extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Spot at;
        private final String words;

        TooMuch(Spot at, String words) {
            super(words, null, false, false);
            this.at = at;
            this.words = words;
        }
    }
}
