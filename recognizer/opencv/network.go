package opencv

import (
	"os"

	"gocv.io/x/gocv"
	"google.golang.org/protobuf/encoding/protowire"

	"menshen"
	"menshen/recognizer"
)

// readNet loads an ONNX file for the processor.
func readNet(path string) (gocv.Net, error) {
	if err := recognizer.CheckFile(path, ""); err != nil {
		return gocv.Net{}, err
	}
	net := gocv.ReadNetFromONNX(path)
	return net, checkNet(net, path)
}

func checkNet(net gocv.Net, path string) error {
	if net.Empty() {
		return menshen.Errorf(menshen.CodeCorrupt, "opencv.load", "the network %s cannot be loaded", path).
			WithHint("run: menshen models verify")
	}
	return nil
}

// joinedOutput is the one output of a network that readJoined gives.
const joinedOutput = "joined"

// readJoined loads an ONNX file whose outputs, all of one picture, are wanted together: it adds a layer that puts them
// one after another into a row. gocv v0.31 can ask for several outputs only by ForwardLayers, which loses half a
// kilobyte of memory at each call: hundreds of megabytes a day for each camera.
func readJoined(path string, outputs []string) (gocv.Net, error) {
	if err := recognizer.CheckFile(path, ""); err != nil {
		return gocv.Net{}, err
	}
	model, err := os.ReadFile(path)
	if err != nil {
		return gocv.Net{}, menshen.Errorf(menshen.CodeUnavailable, "opencv.load", "the network %s cannot be read", path).WithHint("check the disk").WithCause(err)
	}
	net, err := gocv.ReadNetFromONNXBytes(append(model, joining(outputs)...))
	if err != nil {
		return gocv.Net{}, menshen.Errorf(menshen.CodeCorrupt, "opencv.load", "the network %s cannot be loaded", path).
			WithHint("run: menshen models verify").WithCause(err)
	}
	return net, checkNet(net, path)
}

// joining gives a graph of ONNX (onnx.proto of the ONNX project) with the joining layers alone. Appended to a model it
// becomes part of that model's graph: Protocol Buffers merge what comes twice.
func joining(outputs []string) []byte {
	const (
		modelGraph                                          = 7
		graphNode, graphOutput                              = 1, 12
		nodeInput, nodeOutput, nodeName, nodeType, nodeAttr = 1, 2, 3, 4, 5
		attrName, attrInt, attrType, typeInt                = 1, 3, 20, 2
		valueName, valueType                                = 1, 2
		typeTensor, tensorElem, tensorShape, elemFloat      = 1, 1, 2, 1
	)
	text := func(b []byte, field protowire.Number, s string) []byte {
		return protowire.AppendString(protowire.AppendTag(b, field, protowire.BytesType), s)
	}
	bytes := func(b []byte, field protowire.Number, v []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), v)
	}
	number := func(b []byte, field protowire.Number, v uint64) []byte {
		return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), v)
	}
	node := func(kind, output string, inputs ...string) []byte {
		var n []byte
		for _, in := range inputs {
			n = text(n, nodeInput, in)
		}
		n = text(text(text(n, nodeOutput, output), nodeName, output), nodeType, kind)
		axis := number(number(text(nil, attrName, "axis"), attrInt, 1), attrType, typeInt)
		return bytes(n, nodeAttr, axis)
	}
	var graph []byte
	flat := make([]string, len(outputs))
	for i, name := range outputs {
		flat[i] = "flat_" + name
		graph = bytes(graph, graphNode, node("Flatten", flat[i], name))
	}
	graph = bytes(graph, graphNode, node("Concat", joinedOutput, flat...))
	// OpenCV wants to see a type and prints it in its log, no more: the shape follows from the input.
	tensor := bytes(number(nil, tensorElem, elemFloat), tensorShape, nil)
	graph = bytes(graph, graphOutput, bytes(text(nil, valueName, joinedOutput), valueType, bytes(nil, typeTensor, tensor)))
	return bytes(nil, modelGraph, graph)
}
