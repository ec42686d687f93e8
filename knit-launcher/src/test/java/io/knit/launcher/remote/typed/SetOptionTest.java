package io.knit.launcher.remote.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetOptionTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static ObjectNode put(String spec, String options) throws IOException {
        ObjectNode tree = (ObjectNode) JSON.readTree(spec.replace('\'', '"'));
        SetOption.put(Arrays.asList(options.split(" & ")), tree);
        return tree;
    }

    @ParameterizedTest(name = "{1} -> {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}                                  | args=[1.10]                    | {'args':[1.10]}",
                "{}                                  | image=nginx:1.27               | {'image':'nginx:1.27'}",
                "{'image':'a'}                       | image=1.27                     | {'image':'1.27'}",
                "{'replicas':1}                      | replicas=3                     | {'replicas':3}",
                "{}                                  | env.PORT=8080                  | {'env':{'PORT':'8080'}}",
                "{}                                  | env.X=                         | {'env':{'X':''}}",
                "{}                                  | env.X=a=b                      | {'env':{'X':'a=b'}}",
                "{'env':{'A':'1'}}                   | env.LOG=debug                  | {'env':{'A':'1','LOG':'debug'}}",
                "{}                                  | env={A: `1`, B: yes}           | {'env':{'A':'1','B':'yes'}}",
                "{}                                  | env={A: &a x, B: *a}           | {'env':{'A':'x','B':'x'}}",
                "{}                                  | labels[`a.b/c`]=x              | {'labels':{'a.b/c':'x'}}",
                "{}                                  | labels['a.b/c']=x              | {'labels':{'a.b/c':'x'}}",
                "{}                                  | init=false                     | {'init':false}",
                "{}                                  | ports[0].host_port=8080        | {'ports':[{'host_port':8080}]}",
                "{'ports':[{'container_port':80}]}   | ports[0].host_port=8080        | {'ports':[{'container_port':80,'host_port':8080}]}",
                "{'ports':[{'container_port':80}]}   | ports[1].container_port=81     | {'ports':[{'container_port':80},{'container_port':81}]}",
                "{'ports':[{'container_port':80}]}   | ports=[]                       | {'ports':[]}",
                "{}                                  | ports[0]={container_port: 80}  | {'ports':[{'container_port':80}]}",
                "{}                                  | args=[-p, `80`]                | {'args':['-p','80']}",
                "{'args':['a','b']}                  | args[1]=c                      | {'args':['a','c']}",
                "{}                                  | resources.memory=64MiB         | {'resources':{'memory':'64MiB'}}",
                "{}                                  | resources.memory=1048576       | {'resources':{'memory':1048576}}",
                "{}                                  | resources.cpu=0.5              | {'resources':{'cpu':0.5}}",
                "{}                                  | update.min_healthy=0s          | {'update':{'min_healthy':'0s'}}",
                "{}                                  | health.http.port=80            | {'health':{'http':{'port':80}}}",
                "{}                                  | health.http.headers.Host=80    | {'health':{'http':{'headers':{'Host':'80'}}}}",
                "{}                                  | of_later[0].size=3             | {'of_later':[{'size':3}]}",
                "{}                                  | image=a & replicas=2           | {'image':'a','replicas':2}"
            })
    void put(String spec, String options, String wanted) throws IOException {
        assertThat(put(spec, options.replace('`', '"'))).isEqualTo(JSON.readTree(wanted.replace('\'', '"')));
    }

    @ParameterizedTest(name = "{1}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}                | image                     | --set is written PATH=VALUE",
                "{}                | =x                        | --set is written PATH=VALUE",
                "{}                | env..A=x                  | env..A is no place in a spec",
                "{}                | .env=x                    | .env is no place in a spec",
                "{}                | env.=x                    | env. is no place in a spec",
                "{}                | ports[x].host_port=1      | ports[x].host_port is no place in a spec",
                "{}                | ports[0]host_port=1       | is no place in a spec",
                "{}                | replicas=many             | --set replicas: many is not a number",
                "{}                | replicas=                 | --set replicas: nothing is not a number",
                "{}                | init=yes                  | --set init: yes is not true or false",
                "{}                | ports=80                  | --set ports: 80 is not a list; write [a, b], or set one of it, as in ports[0]=…",
                "{}                | ports[0]=80               | --set ports[0]: 80 is not an object",
                "{}                | env=x                     | --set env: x is not an object",
                "{}                | resources.memory=[1]      | --set resources.memory: [1] is not a size",
                "{}                | of_later=                 | --set of_later: nothing is not a value; what is to be left out",
                "{}                | env={A: 1, A: 2}          | the value can't be read as YAML, line 1, column 8: Duplicate field 'A'",
                "{}                | of_later={a               | the value can't be read as YAML",
                "{'ports':[]}      | ports.host_port=1         | ports is a list; say which of it, as in ports[0]",
                "{'ports':[]}      | ports[1].host_port=1      | ports has 0 entries; the next is [0]",
                "{'env':{}}        | env[0]=1                  | env is no list; write a name in place of [0]",
                "{'image':'a'}     | image.tag=1               | --set image.tag: image has no parts",
                "{}                | [0]=1                     | is no place in a spec",
                "{}                | replicas=1 & replicas=2   | --set replicas is given twice"
            })
    void refused(String spec, String options, String words) {
        assertThatThrownBy(() -> put(spec, options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }
}
