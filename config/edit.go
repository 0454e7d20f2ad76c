package config

import (
	"bytes"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"

	"menshen"
)

// CamerasIn gives the cameras that stand in a configuration file, without defaults and without what the environment sets.
func CamerasIn(name string, data []byte) ([]Camera, error) {
	var c Config
	err := parse(name, data, &c)
	return c.Cameras, err
}

// WithCameras gives a configuration file with other cameras. Everything else in it, comments included, stays as it is. What
// comes of it is a valid configuration, or an error says why not.
func WithCameras(name string, data []byte, cameras []Camera) ([]byte, error) {
	const op = "config.edit"
	var list []yaml.MapSlice
	for _, c := range cameras {
		list = append(list, c.keys())
	}
	text, err := yaml.MarshalWithOptions(yaml.MapSlice{{Key: "cameras", Value: list}}, yaml.IndentSequence(true))
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, op, "the cameras cannot be written as YAML").WithCause(err)
	}
	edited, err := replaceCameras(data, text)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "%s cannot be edited by the pages", name).
			WithHint("write the camera under cameras yourself; see the form with: menshen config init --print").WithCause(err)
	}
	if _, err := Parse(name, edited); err != nil {
		return nil, err
	}
	return edited, nil
}

// replaceCameras puts the text of the key cameras in place of what the file has.
func replaceCameras(data, text []byte) ([]byte, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return text, nil
	}
	file, err := parser.ParseBytes(data, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	path, err := yaml.PathString("$.cameras")
	if err != nil {
		return nil, err
	}
	if _, err := path.FilterFile(file); err != nil { // there is none
		return append(append(bytes.TrimRight(data, "\n"), "\n\n"...), text...), nil
	}
	_, value, _ := bytes.Cut(text, []byte("cameras:"))
	if err := path.ReplaceWithReader(file, bytes.NewReader(bytes.TrimLeft(value, "\n"))); err != nil {
		return nil, err
	}
	return []byte(strings.TrimRight(file.String(), "\n") + "\n"), nil
}

// keys are those of a camera that are not as by default, in the order of the documentation.
func (c Camera) keys() (keys yaml.MapSlice) {
	var defaults Camera
	defaults.setDefaults()
	add := func(key string, value any, is bool) {
		if is {
			keys = append(keys, yaml.MapItem{Key: key, Value: value})
		}
	}
	add("id", c.ID, true)
	add("gate", c.Gate, true)
	add("direction", c.Direction, c.Direction != "")
	add("source", c.Source.Reveal(), c.Source.Reveal() != "")
	add("transport", c.Transport, c.Transport != "" && c.Transport != defaults.Transport)
	add("analyse_rate", c.AnalyseRate, c.AnalyseRate != 0 && c.AnalyseRate != defaults.AnalyseRate)
	add("analyse_width", c.Width, c.Width != 0 && c.Width != defaults.Width)
	add("min_face", c.MinFace, c.MinFace != 0 && c.MinFace != defaults.MinFace)
	add("region", c.Region, len(c.Region) > 0)
	add("loop", c.Loop, c.Loop)
	return keys
}
