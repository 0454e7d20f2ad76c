package config

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"menshen"
)

// Prefix of the environment variables that override keys: MENSHEN_WEB_LISTEN is web.listen. A camera's source and a
// door's secret are named by id, so that passwords need not stand in the file: MENSHEN_CAMERA_EAST_1_SOURCE,
// MENSHEN_DOOR_EAST_SECRET; so is a webhook's: MENSHEN_WEBHOOK_POLICE_SECRET.
const Prefix = "MENSHEN_"

// reserved are variables with that prefix which are no keys.
// Those of PORT and SERVICE are set by container systems for a service of this name.
var reserved = []string{"MENSHEN_MARCH", "MENSHEN_REAL_CXX", "MENSHEN_DLIB_MODELS", "MENSHEN_TOKEN", "MENSHEN_TEST_", "MENSHEN_PORT", "MENSHEN_PORT_", "MENSHEN_SERVICE_"}

func applyEnvironment(c *Config, environ []string) error {
	targets := scalars(c)
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, Prefix) || isReserved(name) {
			continue
		}
		target, ok := targets[name]
		if !ok {
			return menshen.Errorf(menshen.CodeInvalid, "config.environment", "the environment variable %s is no key of the configuration", name).
				WithHint("unset it, or see all keys with: menshen config init --print")
		}
		if err := set(target, value); err != nil {
			return menshen.Errorf(menshen.CodeInvalid, "config.environment", "the environment variable %s has a value of the wrong form", name).
				WithHint("it must be %s", form(target)).WithCause(err)
		}
	}
	return nil
}

func isReserved(name string) bool {
	for _, r := range reserved {
		if name == r || strings.HasSuffix(r, "_") && strings.HasPrefix(name, r) {
			return true
		}
	}
	return false
}

// scalars gives every key that the environment can set, by the variable's name.
func scalars(c *Config) map[string]reflect.Value {
	out := map[string]reflect.Value{}
	var walk func(prefix string, v reflect.Value)
	walk = func(prefix string, v reflect.Value) {
		for f, value := range v.Fields() {
			tag := f.Tag.Get("yaml")
			if tag == "" {
				continue
			}
			name := prefix + strings.ToUpper(tag)
			switch value.Kind() {
			case reflect.Struct:
				walk(name+"_", value)
			case reflect.Slice:
			default:
				out[name] = value
			}
		}
	}
	walk(Prefix, reflect.ValueOf(c).Elem())
	for i := range c.Cameras {
		out[Prefix+"CAMERA_"+variable(c.Cameras[i].ID)+"_SOURCE"] = reflect.ValueOf(&c.Cameras[i].Source).Elem()
	}
	for i := range c.Doors {
		out[Prefix+"DOOR_"+variable(c.Doors[i].Gate)+"_SECRET"] = reflect.ValueOf(&c.Doors[i].Secret).Elem()
	}
	for i := range c.Webhooks {
		out[Prefix+"WEBHOOK_"+variable(c.Webhooks[i].ID)+"_SECRET"] = reflect.ValueOf(&c.Webhooks[i].Secret).Elem()
	}
	return out
}

func variable(id string) string { return strings.ToUpper(strings.ReplaceAll(id, "-", "_")) }

func set(target reflect.Value, value string) error {
	if target.Type() == reflect.TypeFor[time.Duration]() {
		d, err := time.ParseDuration(value)
		target.SetInt(int64(d))
		return err
	}
	var err error
	switch target.Kind() {
	case reflect.String:
		target.SetString(value)
	case reflect.Bool:
		var v bool
		v, err = strconv.ParseBool(value)
		target.SetBool(v)
	case reflect.Int:
		var v int64
		v, err = strconv.ParseInt(value, 10, 64)
		target.SetInt(v)
	case reflect.Uint64:
		var v uint64
		v, err = strconv.ParseUint(value, 10, 64)
		target.SetUint(v)
	case reflect.Float64:
		var v float64
		v, err = strconv.ParseFloat(value, 64)
		target.SetFloat(v)
	default:
		panic("config: a key of kind " + target.Kind().String() + " has no form in the environment")
	}
	return err
}

func form(target reflect.Value) string {
	if target.Type() == reflect.TypeFor[time.Duration]() {
		return "a duration such as 10s"
	}
	switch target.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Uint64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	}
	return "a text"
}
