// The three files that go-face opens, of the same shapes as the real ones and with nothing learnt in them.
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

#include <dlib/data_io.h>
#include <dlib/dnn.h>
#include <dlib/image_processing.h>

#include "randomnet.h"

using namespace dlib;

namespace {

// The networks as go-face (facerec.cc) and dlib's examples declare them: what is written must be what they read.
template <template <int, template <typename> class, int, typename> class block, int N, template <typename> class BN, typename SUBNET>
using residual = add_prev1<block<N, BN, 1, tag1<SUBNET>>>;
template <template <int, template <typename> class, int, typename> class block, int N, template <typename> class BN, typename SUBNET>
using residual_down = add_prev2<avg_pool<2, 2, 2, 2, skip1<tag2<block<N, BN, 2, tag1<SUBNET>>>>>>;
template <int N, template <typename> class BN, int stride, typename SUBNET>
using block = BN<con<N, 3, 3, 1, 1, relu<BN<con<N, 3, 3, stride, stride, SUBNET>>>>>;
template <int N, typename SUBNET> using ares = relu<residual<block, N, affine, SUBNET>>;
template <int N, typename SUBNET> using ares_down = relu<residual_down<block, N, affine, SUBNET>>;
template <typename SUBNET> using alevel0 = ares_down<256, SUBNET>;
template <typename SUBNET> using alevel1 = ares<256, ares<256, ares_down<256, SUBNET>>>;
template <typename SUBNET> using alevel2 = ares<128, ares<128, ares_down<128, SUBNET>>>;
template <typename SUBNET> using alevel3 = ares<64, ares<64, ares<64, ares_down<64, SUBNET>>>>;
template <typename SUBNET> using alevel4 = ares<32, ares<32, ares<32, SUBNET>>>;
using embedder = loss_metric<fc_no_bias<128, avg_pool_everything<alevel0<alevel1<alevel2<alevel3<alevel4<
    max_pool<3, 3, 2, 2, relu<affine<con<32, 7, 7, 2, 2, input_rgb_image_sized<150>>>>>>>>>>>>>;

template <long N, typename SUBNET> using con5d = con<N, 5, 5, 2, 2, SUBNET>;
template <long N, typename SUBNET> using con5 = con<N, 5, 5, 1, 1, SUBNET>;
template <typename SUBNET>
using downsampler = relu<affine<con5d<32, relu<affine<con5d<32, relu<affine<con5d<16, SUBNET>>>>>>>>>;
template <typename SUBNET> using rcon5 = relu<affine<con5<45, SUBNET>>>;
using detector = loss_mmod<con<1, 9, 9, 1, 1, rcon5<rcon5<rcon5<downsampler<input_rgb_image_pyramid<pyramid_down<6>>>>>>>>;

// noise is a picture of nothing; the same for the same generator.
matrix<rgb_pixel> noise(long side, dlib::rand& rnd) {
	matrix<rgb_pixel> img(side, side);
	for (auto& p : img)
		p = rgb_pixel(rnd.get_random_8bit_number(), rnd.get_random_8bit_number(), rnd.get_random_8bit_number());
	return img;
}

void write_embedder(const std::string& path, dlib::rand& rnd) {
	embedder net;
	net(noise(150, rnd)); // the first picture through a network makes its random parameters
	serialize(path) << net;
}

void write_detector(const std::string& path) {
	std::vector<std::vector<mmod_rect>> boxes = {{mmod_rect(rectangle(10, 10, 89, 89))}};
	detector net(mmod_options(boxes, 40, 40));
	serialize(path) << net;
}

// write_landmarks trains a predictor of five points on noise: it answers, and what it answers means little.
void write_landmarks(const std::string& path, dlib::rand& rnd) {
	dlib::array<matrix<unsigned char>> images(4);
	std::vector<std::vector<full_object_detection>> faces;
	for (auto& img : images) {
		assign_image(img, noise(100, rnd));
		const rectangle box(10, 10, 89, 89);
		std::vector<point> parts = {{72, 35}, {58, 35}, {28, 35}, {42, 35}, {50, 60}};
		for (auto& p : parts)
			p += point(rnd.get_random_32bit_number() % 5, rnd.get_random_32bit_number() % 5);
		faces.push_back({full_object_detection(box, parts)});
	}
	shape_predictor_trainer trainer;
	trainer.set_cascade_depth(2);
	trainer.set_num_trees_per_cascade_level(4);
	trainer.set_tree_depth(2);
	trainer.set_oversampling_amount(2);
	trainer.set_feature_pool_size(50);
	trainer.set_num_test_splits(5);
	serialize(path) << trainer.train(images, faces);
}

} // namespace

extern "C" char* randomnet_write(const char* folder, const char* embedder_name, const char* landmarks_name, const char* detector_name) {
	try {
		const std::string dir = std::string(folder) + "/";
		dlib::rand rnd("menshen");
		write_embedder(dir + embedder_name, rnd);
		write_landmarks(dir + landmarks_name, rnd);
		write_detector(dir + detector_name);
	} catch (const std::exception& e) {
		return strdup(e.what());
	}
	return nullptr;
}
